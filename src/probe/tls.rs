//! Who vouches for servers: this machine's authorities, read once, when TLS is first needed.

use std::sync::{Arc, OnceLock};

use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// Says why nobody vouches for servers.
#[derive(Debug, Clone, thiserror::Error)]
#[error("this machine's certificate authorities can't be used")]
pub struct TlsError(#[source] rustls::Error);

/// What TLS needs, for all clients of the process.
pub(super) fn client_config() -> Result<ClientConfig, TlsError> {
    static READ: OnceLock<Result<ClientConfig, TlsError>> = OnceLock::new();
    READ.get_or_init(|| config().map_err(TlsError)).clone()
}

/// For connections without TLS: trusts no server, so that no authorities need be read.
pub(super) fn plain_config() -> Result<ClientConfig, TlsError> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError)?;
    Ok(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(default_provider());
    let verifier = Verifier::new(Arc::clone(&provider))?;
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config?.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
