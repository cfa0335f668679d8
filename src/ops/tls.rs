//! Serves a router over TLS with a certificate that can be swapped while serving; every connection is bounded in time.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_rustls::TlsAcceptor;

/// Connections that are served at the same time; further ones wait.
const MAX_CONNECTIONS: usize = 512;
/// Time that a client has for its handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// Time that a client has to send the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Time that open connections have to finish once the process stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a certificate was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// It is not PEM.
    #[error("the certificate or its key is not PEM: {0}")]
    Pem(#[from] rustls_pki_types::pem::Error),
    /// The key is of no known kind, or belongs to another certificate.
    #[error("the key does not fit the certificate: {0}")]
    Key(#[from] rustls::Error),
    /// The file holds no certificate.
    #[error("there is no certificate in it")]
    Empty,
}

/// A certificate that can be swapped while it is served.
#[derive(Debug, Default)]
pub struct Swappable(ArcSwapOption<CertifiedKey>);

impl Swappable {
    /// Serves this pair from the next handshake on; the old one stays if the new one does not fit.
    pub fn swap(&self, certificate: &[u8], key: &[u8]) -> Result<(), CertificateError> {
        let chain = CertificateDer::pem_slice_iter(certificate).collect::<Result<Vec<_>, _>>()?;
        if chain.is_empty() {
            return Err(CertificateError::Empty);
        }
        let key = PrivateKeyDer::from_pem_slice(key)?;
        let pair = CertifiedKey::new(chain, aws_lc_rs::sign::any_supported_type(&key)?);
        pair.keys_match()?;
        self.0.store(Some(Arc::new(pair)));
        Ok(())
    }
}

impl ResolvesServerCert for Swappable {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }
}

/// Serves until `stop`, then lets open requests finish.
pub async fn serve(
    listener: TcpListener,
    certificate: Arc<Swappable>,
    app: Router,
    stop: impl Future<Output = ()>,
) -> Result<(), rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let tcp = match accepted {
            Ok((tcp, _)) => tcp,
            Err(error) => {
                // Out of descriptors, most likely: others finish meanwhile.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(permit) = room.clone().acquire_owned().await else { break };
        let (acceptor, service, watcher) =
            (acceptor.clone(), TowerToHyperService::new(app.clone()), graceful.watcher());
        tokio::spawn(async move {
            let _permit = permit;
            let Ok(Ok(tls)) = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(tcp)).await else { return };
            let mut builder = Builder::new(TokioExecutor::new());
            builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
            let connection = watcher.watch(builder.serve_connection(TokioIo::new(tls), service).into_owned());
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection closed");
            }
        });
    }
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn a_pair_that_does_not_fit_is_refused_and_the_old_one_stays() {
        let (certificate, key) = pair();
        let (_, other_key) = pair();
        let served = Swappable::default();
        served.swap(certificate.as_bytes(), key.as_bytes()).unwrap();
        let before = served.0.load_full().unwrap();
        assert!(served.swap(certificate.as_bytes(), other_key.as_bytes()).is_err());
        assert!(served.swap(b"", key.as_bytes()).is_err());
        assert!(served.swap(b"garbage", b"garbage").is_err());
        assert!(Arc::ptr_eq(&before, &served.0.load_full().unwrap()));
    }
}
