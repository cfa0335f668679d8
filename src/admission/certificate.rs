//! The webhook's certificate: made, kept in a Secret, renewed at two thirds of its life. The clock is a parameter.
//!
//! The authority lives ten years, so that a renewed certificate needs no change of the webhook configuration; near its
//! end a new one is made, and both stand in the bundle.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use k8s_openapi::ByteString;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

/// Life of a certificate.
pub const LEAF_DAYS: i64 = 90;
/// Life of the authority.
pub const AUTHORITY_DAYS: i64 = 3650;

/// Data of the Secret.
pub type Data = BTreeMap<String, ByteString>;

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
#[error("the certificate could not be made: {0}")]
pub struct MakeError(#[from] rcgen::Error);

/// What a Secret lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// A new certificate under the same authority.
    Leaf,
    /// A new authority, and a certificate under it.
    Authority,
}

/// What a Secret lacks now.
#[must_use]
pub fn need(data: &Data, names: &[String], now: Timestamp) -> Need {
    let third_left = |key: &str, days: i64| {
        let expires = text(data, key).and_then(|t| t.parse::<Timestamp>().ok());
        expires.is_some_and(|e| now.checked_add(SignedDuration::from_hours(days * 8)).is_ok_and(|soon| soon < e))
    };
    let complete = ["ca.crt", "ca.key"].iter().all(|k| data.contains_key(*k));
    if !complete || !third_left("ca.expires", AUTHORITY_DAYS) {
        return Need::Authority;
    }
    let pair = ["tls.crt", "tls.key"].iter().all(|k| data.contains_key(*k));
    let same_names = text(data, "names").as_deref() == Some(names.join(",").as_str());
    if pair && same_names && third_left("tls.expires", LEAF_DAYS) { Need::Nothing } else { Need::Leaf }
}

/// The Secret's data with what it lacked.
pub fn renewed(mut data: Data, names: &[String], now: Timestamp) -> Result<Data, MakeError> {
    let need = need(&data, names, now);
    if need == Need::Nothing {
        return Ok(data);
    }
    let authority_key = if need == Need::Authority {
        let key = KeyPair::generate()?;
        let expires = after(now, AUTHORITY_DAYS);
        let certificate = authority(now)?.self_signed(&key)?.pem();
        let before = text(&data, "ca.crt").unwrap_or_default();
        data.insert("bundle.crt".into(), ByteString(format!("{certificate}{}", newest(&before)).into_bytes()));
        data.insert("ca.crt".into(), ByteString(certificate.into_bytes()));
        data.insert("ca.key".into(), ByteString(key.serialize_pem().into_bytes()));
        data.insert("ca.expires".into(), ByteString(expires.to_string().into_bytes()));
        key
    } else {
        KeyPair::from_pem(&text(&data, "ca.key").unwrap_or_default())?
    };
    let issuer = Issuer::new(authority(now)?, authority_key);
    let key = KeyPair::generate()?;
    let mut leaf = CertificateParams::new(names.to_vec())?;
    leaf.distinguished_name.push(DnType::CommonName, "modelport webhook");
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    set_life(&mut leaf, now, LEAF_DAYS);
    let certificate = leaf.signed_by(&key, &issuer)?.pem();
    for (name, value) in [
        ("tls.crt", certificate),
        ("tls.key", key.serialize_pem()),
        ("tls.expires", after(now, LEAF_DAYS).to_string()),
        ("names", names.join(",")),
    ] {
        data.insert(name.into(), ByteString(value.into_bytes()));
    }
    Ok(data)
}

/// Certificates of authorities that the API server trusts: the present one, and the one before while both are in use.
#[must_use]
pub fn bundle(data: &Data) -> Option<&ByteString> {
    data.get("bundle.crt").or_else(|| data.get("ca.crt"))
}

/// When the certificate ends.
#[must_use]
pub fn expires(data: &Data) -> Option<Timestamp> {
    text(data, "tls.expires").and_then(|t| t.parse().ok())
}

fn text(data: &Data, key: &str) -> Option<String> {
    data.get(key).and_then(|b| String::from_utf8(b.0.clone()).ok())
}

fn newest(pem: &str) -> &str {
    const END: &str = "-----END CERTIFICATE-----\n";
    pem.find(END).and_then(|at| pem.get(..at + END.len())).unwrap_or_default()
}

fn authority(now: Timestamp) -> Result<CertificateParams, MakeError> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.distinguished_name.push(DnType::CommonName, "modelport webhook authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_life(&mut params, now, AUTHORITY_DAYS);
    Ok(params)
}

fn after(now: Timestamp, days: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(days * 24)).unwrap_or(Timestamp::MAX)
}

/// Valid from a day before now (a clock that runs behind must not see a certificate from the future) for whole days.
fn set_life(params: &mut CertificateParams, now: Timestamp, days: i64) {
    let date = |offset| -> Date { after(now, offset).to_zoned(TimeZone::UTC).date() };
    let (from, until) = (date(-1), date(days + 1));
    params.not_before =
        rcgen::date_time_ymd(from.year().into(), from.month().unsigned_abs(), from.day().unsigned_abs());
    params.not_after =
        rcgen::date_time_ymd(until.year().into(), until.month().unsigned_abs(), until.day().unsigned_abs());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        after("2026-11-25T12:00:00Z".parse().unwrap(), day)
    }

    fn names() -> Vec<String> {
        vec!["modelport.modelport-system.svc".into()]
    }

    #[test]
    fn an_empty_secret_gets_all_of_it_and_then_lacks_nothing() {
        let data = renewed(Data::new(), &names(), at(0)).unwrap();
        assert_eq!(need(&data, &names(), at(0)), Need::Nothing);
        assert_eq!(renewed(data.clone(), &names(), at(0)).unwrap(), data);
        crate::ops::tls::Swappable::default().swap(&data["tls.crt"].0, &data["tls.key"].0).unwrap();
    }

    #[test]
    fn a_certificate_is_renewed_at_two_thirds_of_its_life_under_the_same_authority() {
        let data = renewed(Data::new(), &names(), at(0)).unwrap();
        assert_eq!(need(&data, &names(), at(59)), Need::Nothing);
        assert_eq!(need(&data, &names(), at(61)), Need::Leaf);
        let next = renewed(data.clone(), &names(), at(61)).unwrap();
        assert_eq!(next["ca.crt"], data["ca.crt"]);
        assert_ne!(next["tls.crt"], data["tls.crt"]);
    }

    #[test]
    fn an_old_authority_is_replaced_and_still_trusted_meanwhile() {
        let data = renewed(Data::new(), &names(), at(0)).unwrap();
        assert_eq!(need(&data, &names(), at(2500)), Need::Authority);
        let next = renewed(data.clone(), &names(), at(2500)).unwrap();
        let bundle = String::from_utf8(bundle(&next).unwrap().0.clone()).unwrap();
        let before = String::from_utf8(data["ca.crt"].0.clone()).unwrap();
        assert!(bundle.contains(&before) && bundle.matches("BEGIN").count() == 2);
    }

    #[test]
    fn a_secret_with_garbage_is_made_anew() {
        let data =
            Data::from([("ca.crt".into(), ByteString(b"x".to_vec())), ("ca.key".into(), ByteString(vec![0xff]))]);
        assert_eq!(need(&data, &names(), at(0)), Need::Authority);
        assert!(renewed(data, &names(), at(0)).is_ok());
    }

    #[test]
    fn other_names_want_another_certificate() {
        let data = renewed(Data::new(), &names(), at(0)).unwrap();
        assert_eq!(need(&data, &["other".into()], at(0)), Need::Leaf);
    }
}
