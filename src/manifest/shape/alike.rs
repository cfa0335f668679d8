//! Whether a word that a person writes freely stands for one that licences name.

use crate::catalog::words::BusinessType;

use super::words::nearest;

/// How a written word stands to a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It is that word, in another spelling perhaps.
    Same,
    /// It comes near, and may be meant.
    Near,
    /// It is another word.
    Other,
}

/// How a written word is compared with a known one.
pub type Reading = fn(&str, &str) -> Likeness;

/// Endings of the names of companies, which say nothing of which one it is.
const COMPANY_ENDINGS: [&str; 17] = [
    "ag",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "group",
    "holdings",
    "inc",
    "incorporated",
    "kk",
    "limited",
    "llc",
    "ltd",
    "plc",
    "sa",
];

/// A business: case, separators and the short form do not matter. A word that is another known business is no near one.
#[must_use]
pub fn business(written: &str, known: &str) -> Likeness {
    let one = letters(written);
    let short =
        |word: &str| if word == "maas" { letters(BusinessType::ModelAsAService.word()) } else { word.to_owned() };
    let (one, other) = (short(&one), letters(known));
    if one == other {
        return Likeness::Same;
    }
    let exact = || BusinessType::ALL.iter().any(|business| letters(business.word()) == one);
    let known = BusinessType::ALL.into_iter().find(|business| business.word() == known);
    let tells = known.is_some_and(|known| words(written).iter().any(|word| telling(known).contains(&word.as_str())));
    let near = tells || nearest(&one, std::iter::once(other.as_str())).is_some();
    if near && !exact() { Likeness::Near } else { Likeness::Other }
}

/// Words that a person would use of such a business: where one stands in another name for it, it is asked about.
fn telling(business: BusinessType) -> &'static [&'static str] {
    match business {
        BusinessType::ModelAsAService => &["maas", "inference", "llm", "llms"],
        BusinessType::AiWorkAssistant => &["assistant", "assistants", "copilot"],
        BusinessType::SoftwareProvider => &["software", "saas"],
        BusinessType::CloudProvider => &["cloud", "iaas", "paas"],
        BusinessType::ImageGeneration => &["image", "images", "imaging", "picture", "pictures", "photo", "photos"],
    }
}

/// An organisation: case, separators and the form of the company do not matter; a name that holds it may be one of its own.
#[must_use]
pub fn rival(written: &str, known: &str) -> Likeness {
    let (one, other) = (company(written), company(known));
    if one.concat() == other.concat() {
        return Likeness::Same;
    }
    let holds = other.iter().all(|word| one.contains(word));
    let near = nearest(&one.concat(), std::iter::once(other.concat().as_str())).is_some();
    if holds || near { Likeness::Near } else { Likeness::Other }
}

/// Letters and digits alone, in lower case.
#[must_use]
pub fn letters(text: &str) -> String {
    if text.is_ascii() {
        return text
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .collect();
    }
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a company's name, without its form where something else is left.
fn company(name: &str) -> Vec<String> {
    let words = words(name);
    let bare: Vec<String> = words.iter().filter(|word| !COMPANY_ENDINGS.contains(&word.as_str())).cloned().collect();
    if bare.is_empty() { words } else { bare }
}

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_of_a_business_is_that_business_and_a_near_miss_is_asked_about() {
        for same in ["model-as-a-service", "Model-as-a-Service", "model_as_a_service", "MaaS", "model as a service"] {
            assert_eq!(business(same, "model-as-a-service"), Likeness::Same, "{same}");
        }
        for near in ["model-as-service", "models-as-a-service", "modell-as-a-service", "MaaS operator", "LLM inference"]
        {
            assert_eq!(business(near, "model-as-a-service"), Likeness::Near, "{near}");
        }
        for near in ["image generation platform", "text-to-image", "image-generator"] {
            assert_eq!(business(near, "image-generation"), Likeness::Near, "{near}");
            assert_eq!(business(near, "cloud-provider"), Likeness::Other, "{near}");
        }
        for near in ["cloud", "Cloud Service Provider"] {
            assert_eq!(business(near, "cloud-provider"), Likeness::Near, "{near}");
        }
        assert_eq!(business("software-provider", "ai-work-assistant"), Likeness::Other, "another known one");
        for other in ["retail", "none", "cloud-provider", "software"] {
            assert_eq!(business(other, "model-as-a-service"), Likeness::Other, "{other}");
        }
    }

    #[test]
    fn the_form_of_a_company_does_not_make_it_another_one() {
        for same in ["NAVER", "Naver", "NAVER Corp.", "naver corporation", "NAVER Co., Ltd."] {
            assert_eq!(rival(same, "NAVER"), Likeness::Same, "{same}");
        }
        for near in ["Navr", "NAVER Cloud", "NAVER LABS Corp"] {
            assert_eq!(rival(near, "NAVER"), Likeness::Near, "{near}");
        }
        for other in ["none", "Kakao", "LG AI Research"] {
            assert_eq!(rival(other, "NAVER"), Likeness::Other, "{other}");
        }
    }
}
