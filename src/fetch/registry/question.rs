//! The question itself: bounded, patient, and with a login for its own host only.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;

use super::challenge::Challenge;
use super::error::RegistryError;
use super::login::{self, Login};
use super::reference::Reference;
use crate::fetch::client::{http_client, redirect_target, root_cause, shown_host};
use crate::fetch::patience::{self, Patience, asked_wait};
use crate::manifest::{names::sha256_hex, source::is_digest};

/// Largest manifest, in bytes: the distribution specification's own limit.
const MAX_MANIFEST_BYTES: usize = 4 * 1024 * 1024;
/// Largest answer with a token, in bytes.
const MAX_TOKEN_ANSWER_BYTES: usize = 64 * 1024;
/// Every kind of manifest that a tag can stand for.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
                         application/vnd.docker.distribution.manifest.list.v2+json, \
                         application/vnd.docker.distribution.manifest.v2+json";
const MAX_REDIRECTS: usize = 3;
const DIGEST_HEADER: &str = "docker-content-digest";

/// All that a question needs to know.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked for.
    pub image: Reference,
    /// Logins of the deployment's pull secrets.
    pub logins: Vec<Login>,
    /// Authorities to trust besides the system's, in PEM.
    pub ca_bundle: Option<Vec<u8>>,
    /// How long to wait for the registry.
    pub patience: Patience,
    /// Over plain HTTP: for a registry on loopback.
    pub plain_http: bool,
}

type Failure = patience::Failure<RegistryError>;

impl Question {
    /// The digest that the tag stands for now.
    pub async fn ask(&self) -> Result<String, RegistryError> {
        let http = http_client(self.ca_bundle.as_deref(), self.patience.read_timeout, self.plain_http)?;
        let asking = Asking { question: self, http, url: self.url()? };
        let mut attempt = 1;
        loop {
            match asking.once().await {
                Ok(digest) => return Ok(digest),
                Err(failure) => self.patience.after(failure, attempt, "the registry").await?,
            }
            attempt += 1;
        }
    }

    fn url(&self) -> Result<Url, RegistryError> {
        let scheme = if self.plain_http { "http" } else { "https" };
        let Reference { repository, tag, .. } = &self.image;
        let text = format!("{scheme}://{}/v2/{repository}/manifests/{tag}", self.image.address());
        text.parse().map_err(|_| RegistryError::Setting(format!("{} is no address", self.image)))
    }
}

/// One question on its way.
struct Asking<'a> {
    question: &'a Question,
    http: Client,
    url: Url,
}

impl Asking<'_> {
    /// Without a login first, as every client does: what is public needs none. Then with each that is for this image.
    async fn once(&self) -> Result<String, Failure> {
        let first = self.manifest(Method::HEAD, None).await?;
        let Some(wants) = challenge(&first) else { return self.judge(first, None, false).await };
        let logins = login::of(&self.question.logins, &self.question.image);
        let mut last = None;
        for login in logins.iter().map(Some).chain(logins.is_empty().then_some(None)) {
            let Some(authorization) = self.authorization(&wants, login).await? else {
                last = Some(self.refused(login.is_some()));
                continue;
            };
            let response = self.manifest(Method::HEAD, Some(&authorization)).await?;
            match self.judge(response, Some(&authorization), login.is_some()).await {
                Err(Failure::Final(
                    error @ (RegistryError::LoginRefused { .. }
                    | RegistryError::NoLogin { .. }
                    | RegistryError::Forbidden { .. }),
                )) => last = Some(error),
                other => return other,
            }
        }
        Err(Failure::Final(last.unwrap_or_else(|| self.refused(false))))
    }

    /// What is sent along; nothing where the login is not taken.
    async fn authorization(&self, wants: &Challenge, login: Option<&Login>) -> Result<Option<HeaderValue>, Failure> {
        match (wants, login) {
            (Challenge::Basic, None) => Ok(None),
            (Challenge::Basic, Some(login)) => {
                // The header is made where reqwest makes it, and read back.
                let request = self.http.get(self.url.clone()).basic_auth(&login.user, Some(&login.password)).build();
                Ok(request.ok().and_then(|request| request.headers().get(AUTHORIZATION).cloned()))
            }
            (Challenge::Bearer { realm, service }, login) => self.token(realm, service.as_deref(), login).await,
        }
    }

    async fn token(
        &self,
        realm: &Url,
        service: Option<&str>,
        login: Option<&Login>,
    ) -> Result<Option<HeaderValue>, Failure> {
        #[derive(Deserialize)]
        struct Token {
            token: Option<String>,
            access_token: Option<String>,
        }
        let host = shown_host(realm);
        if realm.scheme() != "https" && !self.question.plain_http {
            return Err(bad(&host, "it sends logins to an address without TLS"));
        }
        let mut url = realm.clone();
        url.query_pairs_mut().append_pair("scope", &format!("repository:{}:pull", self.question.image.repository));
        if let Some(service) = service {
            url.query_pairs_mut().append_pair("service", service);
        }
        let request = self.http.get(url);
        let request = match login {
            Some(login) => request.basic_auth(&login.user, Some(&login.password)),
            None => request,
        };
        let response = sent(request, &host).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Ok(None),
            status => return Err(passing_or_bad(&host, status, response.headers())),
        }
        let body = bounded(response, MAX_TOKEN_ANSWER_BYTES, &host).await?;
        let token: Option<Token> = serde_json::from_slice(&body).ok();
        let token = token.and_then(|t| t.token.or(t.access_token)).filter(|token| !token.is_empty());
        let value = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        let mut value = value.ok_or_else(|| bad(&host, "its answer holds no token"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    /// Asks for the manifest. Where a registry sends the question to another host, no login goes along.
    async fn manifest(&self, method: Method, authorization: Option<&HeaderValue>) -> Result<Response, Failure> {
        let mut url = self.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self.http.request(method.clone(), url.clone()).header(ACCEPT, MANIFESTS);
            if let Some(authorization) = authorization.filter(|_| url.origin() == self.url.origin()) {
                request = request.header(AUTHORIZATION, authorization);
            }
            let host = shown_host(&url);
            let response = sent(request, &host).await?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let next = redirect_target(&url, response.headers());
            url = next.map_err(|why| bad(&host, &format!("it redirects {why}")))?;
        }
        Err(bad(self.question.image.address(), "it redirects in a circle, or too often"))
    }

    async fn judge(
        &self,
        response: Response,
        authorization: Option<&HeaderValue>,
        logged_in: bool,
    ) -> Result<String, Failure> {
        let (host, image) = (self.question.image.address().to_owned(), self.question.image.to_string());
        match response.status() {
            StatusCode::OK => match response.headers().get(DIGEST_HEADER) {
                Some(digest) => {
                    let digest = digest.to_str().ok().filter(|text| is_digest(text));
                    digest.map(str::to_owned).ok_or_else(|| bad(&host, "its digest is not sha256 and 64 digits"))
                }
                // Registries need not send it: then it is computed of what they send.
                None => self.computed(authorization).await,
            },
            // Some know no HEAD.
            StatusCode::METHOD_NOT_ALLOWED => self.computed(authorization).await,
            StatusCode::UNAUTHORIZED => Err(Failure::Final(self.refused(logged_in))),
            StatusCode::FORBIDDEN => Err(Failure::Final(RegistryError::Forbidden { host, image })),
            StatusCode::NOT_FOUND => Err(Failure::Final(RegistryError::NotFound { host, image })),
            status => Err(passing_or_bad(&host, status, response.headers())),
        }
    }

    async fn computed(&self, authorization: Option<&HeaderValue>) -> Result<String, Failure> {
        #[derive(Deserialize)]
        struct Manifest {
            #[serde(rename = "schemaVersion")]
            schema_version: u32,
        }
        let host = self.question.image.address();
        let response = self.manifest(Method::GET, authorization).await?;
        if response.status() != StatusCode::OK {
            return Err(passing_or_bad(host, response.status(), response.headers()));
        }
        let body = bounded(response, MAX_MANIFEST_BYTES, host).await?;
        match serde_json::from_slice::<Manifest>(&body) {
            Ok(manifest) if manifest.schema_version == 2 => Ok(format!("sha256:{}", sha256_hex(&body))),
            _ => Err(bad(host, "it sends no manifest")),
        }
    }

    fn refused(&self, logged_in: bool) -> RegistryError {
        let (host, image) = (self.question.image.address().to_owned(), self.question.image.to_string());
        if logged_in { RegistryError::LoginRefused { host, image } } else { RegistryError::NoLogin { host, image } }
    }
}

fn challenge(response: &Response) -> Option<Challenge> {
    let headers = response.headers().get_all(WWW_AUTHENTICATE);
    let mut known = headers.iter().filter_map(|value| Challenge::parse(value.to_str().ok()?));
    if response.status() == StatusCode::UNAUTHORIZED { known.next() } else { None }
}

async fn sent(request: RequestBuilder, host: &str) -> Result<Response, Failure> {
    request.send().await.map_err(|error| unavailable(host, root_cause(&error), None))
}

async fn bounded(mut response: Response, limit: usize, host: &str) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) if body.len() + bytes.len() > limit => return Err(bad(host, "its answer is too large")),
            Ok(Some(bytes)) => body.extend_from_slice(&bytes),
            Ok(None) => return Ok(body),
            Err(error) => return Err(unavailable(host, root_cause(&error), None)),
        }
    }
}

fn passing_or_bad(host: &str, status: StatusCode, headers: &HeaderMap) -> Failure {
    let wait = asked_wait(headers, Timestamp::now());
    if status == StatusCode::TOO_MANY_REQUESTS {
        let host = host.to_owned();
        return Failure::Passing {
            asked_wait: wait,
            error: Box::new(move |attempts| RegistryError::Busy { host: host.clone(), attempts }),
        };
    }
    let why = format!("status {}", status.as_u16());
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        unavailable(host, why, wait)
    } else {
        bad(host, &why)
    }
}

fn unavailable(host: &str, why: String, wait: Option<Duration>) -> Failure {
    let host = host.to_owned();
    let error = move |attempts| RegistryError::Unavailable { host: host.clone(), attempts, why: why.clone() };
    Failure::Passing { asked_wait: wait, error: Box::new(error) }
}

fn bad(host: &str, why: &str) -> Failure {
    Failure::Final(RegistryError::BadAnswer { host: host.to_owned(), why: why.to_owned() })
}
