//! Every setting: its name, unit, default, and what breaks when it is wrong.
//!
//! One list serves the flag (`--body-limit-bytes`), the variable (`TIDUI_BODY_LIMIT_BYTES`), the key of the TOML file
//! (`body_limit_bytes`) and the README's table. A flag beats a variable, a variable the file, the file the default. A
//! name that is not in the list stops the start: a misspelt limit would be no limit.

use std::{collections::BTreeMap, net::SocketAddr};

/// One setting, as the help and the README show it.
pub struct Setting {
    /// `snake_case` name.
    pub name: &'static str,
    /// Default, as text.
    pub default: &'static str,
    /// What it is and what breaks.
    pub about: &'static str,
    /// Whether its value is masked when it is printed.
    pub secret: bool,
}

/// A value that a setting can have.
trait Value: Sized {
    /// What to write, for the message when it can't be read.
    const SHAPE: &'static str;
    fn read(text: &str) -> Option<Self>;
}

impl Value for String {
    const SHAPE: &'static str = "text";
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Value for bool {
    const SHAPE: &'static str = "true or false";
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for u64 {
    const SHAPE: &'static str = "a whole number";
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

macro_rules! settings {
    ($($name:ident: $type:ty = $default:literal, $secret:literal, $about:literal;)+) => {
        /// The effective settings of one server.
        #[derive(Clone, Debug)]
        pub struct Config { $(#[doc = $about] pub $name: $type,)+ }

        /// Every setting, in the order of the README.
        pub const SETTINGS: &[Setting] = &[$(
            Setting { name: stringify!($name), default: $default, about: $about, secret: $secret },
        )+];

        impl Config {
            fn build(values: &BTreeMap<String, (String, String)>) -> Result<Self, String> {
                Ok(Self { $($name: value::<$type>(values, stringify!($name), $default)?,)+ })
            }

            /// Each setting with its effective value as text, secrets as they are.
            fn texts(&self) -> Vec<(&'static Setting, String)> {
                SETTINGS.iter().zip([$(self.$name.to_string(),)+]).collect()
            }
        }
    };
}

settings! {
    listen: String = "127.0.0.1:8080", false, "Address and port to serve on. An address other than loopback also needs allow_remote.";
    allow_remote: bool = "false", false, "Whether listen may be an address that other machines reach. Put TLS in front: tokens travel in the clear.";
    database_url: String = "sqlite://tidui.sqlite", true, "sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME. Must be migrated first.";
    database_connections: u64 = "16", false, "Connections kept to the database; of PostgreSQL's, those beyond 8 are shared out to the threads that serve, for reads by keys and for changes. Too few: requests wait; too many: the database refuses.";
    redis_url: String = "", true, "redis://HOST:PORT/ for several processes over one database. Empty: the cache is in this process, which must then be the only one.";
    redis_prefix: String = "tidui", false, "First part of every key in Redis. Two deployments with one prefix read each other's cache.";
    signing_key: String = "keys/signing.pem", false, "File of the key that signs tokens (make it with tidui key generate); those of a rotation lie beside it. Without it nobody can be told apart.";
    field_key: String = "keys/field.key", false, "File of the key that seals sensitive fields and signs cursors; those of a rotation lie beside it. Lost: sealed fields are lost.";
    issuer: String = "tidui", false, "The iss that tokens must carry.";
    audience: String = "tidui", false, "The aud that tokens must carry.";
    refresh_token_days: u64 = "30", false, "How long somebody stays signed in without using it, in days.";
    session_days: u64 = "180", false, "How long a sign-in can be gone on with at most, used or not, in days; then it wants the password again.";
    sign_in_attempts: u64 = "10", false, "Failed sign-ins of one login from one address in five minutes, after which it must wait; five times as many of one login from anywhere, thirty times of one address.";
    sign_in_queue: u64 = "50", false, "Sign-ins that may wait for their turn, since hashing a password is slow on purpose; more are told 503 and to come again.";
    second_factor_roles: String = "SYSTEM_ADMIN,SECURITY_ADMIN,AUDIT_ADMIN", false, "Roles, apart by commas, that count only after a sign-in with a one-time code. MLPS level 3 (等保三级) wants two factors of everybody: list every role then.";
    outside_issuer: String = "", false, "The iss of another issuer whose access tokens are taken, exactly as its tokens say it. Empty: none.";
    outside_audience: String = "", false, "The aud that its tokens must hold. One that stands for other services too lets their tokens in here.";
    outside_jwks: String = "", false, "Its public keys: an https:// address, or a file, which is read again when it changes.";
    outside_claim: String = "sub", false, "The claim of its tokens that is the login of an account here. It must be one that people can't choose for themselves there.";
    outside_token_type: String = "at+jwt", false, "The typ of its access tokens: at+jwt, or JWT where it says no more; ID tokens are refused either way.";
    outside_token_s: u64 = "3600", false, "Longest life of its tokens, in seconds, at most 86400; longer ones are refused.";
    outside_second_factor: bool = "false", false, "Whether it asks everybody for a second factor, so that a token need not say so in amr (mfa or otp).";
    workers: u64 = "0", false, "Threads that serve requests; 0 for one a core.";
    cache: bool = "true", false, "Whether answers may be remembered. Off: every question reads the database.";
    explain: bool = "false", false, "Whether answers carry the header x-tidui-statements, the number of statements they took.";
    body_limit_bytes: u64 = "262144", false, "Longest request body, in bytes; longer ones get 413.";
    document_tokens: u64 = "5000", false, "Most lexical tokens in a document.";
    document_depth: u64 = "15", false, "Most levels of fields in a document; introspection may go to 20.";
    document_aliases: u64 = "50", false, "Most aliases of one field in one selection.";
    document_root_fields: u64 = "20", false, "Most fields at the root of an operation.";
    document_directives: u64 = "100", false, "Most directives in a document.";
    document_nodes: u64 = "10000", false, "Most nodes that nested pages may ask for: the product of their first arguments.";
    document_selections: u64 = "2000", false, "Most selections in an operation once its fragments are written out.";
    document_cost: u64 = "300000", false, "Most points of an operation: one a field, times the rows of the pages around it.";
    document_errors: u64 = "20", false, "Most errors of validation that are told of a document.";
    document_ms: u64 = "250", false, "Longest time that a new document may take to be read and validated, in milliseconds; its steps are bounded besides, whatever the clock says.";
    document_cache_entries: u64 = "1000", false, "Prepared documents kept, one of several KiB counting as several. Too few: documents are parsed again and again.";
    documents_manifest: String = "", false, "Manifest of trusted documents, an object of \"sha256:…\" to documents as code generators emit it. Empty: there is none.";
    documents_people: String = "prefer", false, "Which documents people's clients may send: off (their own alone), prefer (also by documentId), only (those of the manifest alone).";
    documents_machines: String = "prefer", false, "The same for programs' accounts.";
    status_profile: String = "2025", false, "HTTP statuses of /graphql: 2025, or 2026-draft (422 for documents that can't be executed, 294 for partial success).";
    people_requests: u64 = "600", false, "Requests of a person's account in a minute, earned evenly; more get 429 and when to come again.";
    people_points: u64 = "1500000", false, "Points of cost that a person's account may ask for in a minute; what a request asks for and does not use is given back.";
    people_operations: u64 = "8", false, "Operations of a person's account at once, in each process.";
    machines_requests: u64 = "6000", false, "Requests of a program's account in a minute.";
    machines_points: u64 = "6000000", false, "Points of cost that a program's account may ask for in a minute.";
    machines_operations: u64 = "8", false, "Operations of a program's account at once, in each process.";
    address_requests: u64 = "6000", false, "Requests from one address in a minute, whoever sends them, counted in each process before a token is looked at; 0 for no limit, as behind a proxy that counts itself.";
    proxies: u64 = "0", false, "Proxies of yours in front, each of which adds to X-Forwarded-For whom it saw. Too few: all clients count as one address; too many: a client may choose its own.";
    requests_in_flight: u64 = "512", false, "Requests that a process works at; more get 503 and when to come again.";
    execution_timeout_ms: u64 = "10000", false, "Longest execution of a request, in milliseconds; then it is given up.";
    statement_timeout_ms: u64 = "5000", false, "Longest statement on the database, in milliseconds.";
    shutdown_grace_ms: u64 = "8000", false, "How long requests in flight may finish after SIGTERM, in milliseconds.";
    changes_kept_hours: u64 = "24", false, "Hours that changes are kept for subscriptions to go on from. Too few: who was away longer must read everything anew.";
    stream_heartbeat_ms: u64 = "15000", false, "Between two signs of life of a stream, at which its token is checked again too, in milliseconds.";
    stream_limit: u64 = "20", false, "Most streams and WebSockets of one account in one process.";
    subscription_limit: u64 = "50", false, "Most subscriptions of one account in one process, over all its streams and WebSockets.";
    origins: String = "", false, "Origins, apart by commas, whose pages may ask here and open a WebSocket, each written scheme://host. Empty: none but this server's own.";
    websocket_init_ms: u64 = "3000", false, "How long a WebSocket may take to say connection_init, in milliseconds.";
    websocket_operations: u64 = "10", false, "Most operations that run at once over one WebSocket.";
    websocket_messages: u64 = "100", false, "Messages a second that a WebSocket may send, over ten seconds, signs of life included; more closes it.";
    websocket_strangers: u64 = "100", false, "WebSockets of one process that have not said who they are; one more gets 503 and when to come again.";
    roster_file_bytes: u64 = "67108864", false, "Largest roster, or zip of appointment forms, in bytes.";
    roster_inflated_bytes: u64 = "268435456", false, "Largest roster, or zip of forms, once unpacked, in bytes: a zip bomb ends here.";
    roster_rows: u64 = "50000", false, "Most rows of a roster.";
    roster_columns: u64 = "100", false, "Most columns of a roster.";
    roster_imports: u64 = "2", false, "Imports that a process does at once; others wait. Each holds a connection, and the file in memory.";
    import_runs_days: u64 = "90", false, "Days that ended runs of imports stay with what they found, at least 1: findings quote the file. What went in stays. Too few: who comes back late finds no report.";
    held_elsewhere_an_hour: u64 = "100", false, "Identity numbers of nobody within reach that one account may try in an hour, in imports and look-ups; then both are refused: numbers can be guessed.";
    audit_retention_days: u64 = "1095", false, "Days that acts stay in the audit trail, at least 1095. A day leaves as a whole, once access_log_retention_days is over too.";
    access_log_retention_days: u64 = "1095", false, "Days that readings of sensitive values stay on record, at least 1095. A day leaves as a whole, once audit_retention_days is over too.";
    secrecy_limit: String = "INTERNAL", false, "Highest secrecy level of records that may be kept here: PUBLIC, INTERNAL, CONFIDENTIAL, SECRET or TOP_SECRET. Above INTERNAL only on a network approved for it.";
    calendar: String = "", false, "File of further holiday notices, written like api/calendars/cn.json: it adds years, and a year that it has takes the place of the one built in. Read at the start; tidui calendar FILE checks it. Working days of a year without a notice are not counted. Empty: those built in.";
    console: bool = "true", false, "Whether /console serves a page to ask from, with everything it needs. Off: there is none.";
    log: String = "info", false, "What to log, as a tracing filter: error, warn, info, debug, or api=debug,info. The database library says no more than info: it would tell passwords.";
    traces_to: String = "", false, "Where traces go, as OTLP over HTTP: http://HOST:4318/v1/traces of a collector. Names, times and counts, no values. Empty: nowhere.";
    traces_percent: u64 = "100", false, "How many of a hundred requests are traced, where the client does not say (traceparent).";
    slow_ms: u64 = "1000", false, "Milliseconds from which an operation is logged as slow, by the hash of its document and never by its text or variables.";
    log_format: String = "text", false, "text for people, json for machines.";
}

/// Records of who did what, and of who saw what, are kept three years at least.
/// Source: 个人信息保护法 article 56; 网络数据安全管理条例 article 12.
const RETENTION_FLOOR_DAYS: u64 = 1095;

/// What is set for rosters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rosters {
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Largest one once unpacked, in bytes.
    pub inflated_bytes: u64,
    /// Most rows.
    pub rows: u64,
    /// Most columns.
    pub columns: u64,
    /// Imports at once.
    pub at_once: u64,
    /// Identity numbers of nobody within reach that one account may try in an hour.
    pub held_elsewhere_an_hour: u64,
    /// Days that ended runs stay with what they found.
    pub runs_days: u64,
}

impl Config {
    /// What is set for rosters.
    pub fn rosters(&self) -> Rosters {
        Rosters {
            file_bytes: self.roster_file_bytes,
            inflated_bytes: self.roster_inflated_bytes,
            rows: self.roster_rows,
            columns: self.roster_columns,
            at_once: self.roster_imports,
            held_elsewhere_an_hour: self.held_elsewhere_an_hour,
            runs_days: self.import_runs_days,
        }
    }

    /// The settings from a TOML text, variables and flags, each as name and text.
    ///
    /// # Errors
    /// A sentence that names the setting, where it came from and what to write instead.
    pub fn load(
        file: Option<&str>,
        variables: impl IntoIterator<Item = (String, String)>,
        flags: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, String> {
        let mut values = BTreeMap::new();
        for (name, text) in file.map(file_values).transpose()?.into_iter().flatten() {
            put(&mut values, name, text, "the settings file")?;
        }
        for (name, text) in variables {
            if let Some(short) = name.strip_prefix("TIDUI_") {
                put(&mut values, short.to_lowercase(), text, "a TIDUI_ variable")?;
            }
        }
        for (name, text) in flags {
            put(&mut values, name.replace('-', "_"), text, "a flag")?;
        }
        Self::build(&values)?.above_floors()
    }

    /// Refuses retentions shorter than the law's three years, and one that nobody could read a report in.
    fn above_floors(self) -> Result<Self, String> {
        let retentions = [
            ("audit_retention_days", self.audit_retention_days),
            ("access_log_retention_days", self.access_log_retention_days),
        ];
        if let Some((name, days)) = retentions.into_iter().find(|(_, days)| *days < RETENTION_FLOOR_DAYS) {
            return Err(format!(
                "{name} = {days} is below its floor: records must stay {RETENTION_FLOOR_DAYS} days, three years, or longer"
            ));
        }
        if self.import_runs_days < 1 {
            return Err("import_runs_days = 0 is below its floor: who asks for an import must be able to read what came of it, so write 1 or more".to_owned());
        }
        Ok(self)
    }

    /// Every setting as `name = value`, a line each; secrets masked.
    pub fn effective(&self) -> String {
        let line = |(setting, text): (&Setting, String)| {
            let shown = if setting.secret && !text.is_empty() { masked(&text) } else { text };
            format!("  {} = {shown}\n", setting.name)
        };
        self.texts().into_iter().map(line).collect()
    }

    /// The address to serve on.
    ///
    /// # Errors
    /// A sentence, when it is no address, or not loopback without leave.
    pub fn address(&self) -> Result<SocketAddr, String> {
        let address: SocketAddr = self
            .listen
            .parse()
            .map_err(|_| format!("listen = '{}' is no address: write it like 127.0.0.1:8080", self.listen))?;
        if !address.ip().is_loopback() && !self.allow_remote {
            return Err(format!(
                "listen = '{}' can be reached from other machines: put TLS in front of it and say --allow-remote true, or listen on 127.0.0.1",
                self.listen
            ));
        }
        Ok(address)
    }
}

/// A URL without its password and parameters; anything else as stars.
fn masked(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return "****".to_owned() };
    let rest = rest.split('?').next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://****@{place}"),
        None => format!("{scheme}://{rest}"),
    }
}

fn put(values: &mut BTreeMap<String, (String, String)>, name: String, text: String, from: &str) -> Result<(), String> {
    if !SETTINGS.iter().any(|it| it.name == name) {
        return Err(format!("'{name}' (from {from}) is no setting: see tidui serve --help for all of them"));
    }
    values.insert(name, (text, from.to_owned()));
    Ok(())
}

fn file_values(text: &str) -> Result<Vec<(String, String)>, String> {
    let table: toml::Table = toml::from_str(text).map_err(|cause| {
        // The line's number and not its text, which may be a secret.
        let before = cause.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!("the settings file is not TOML in line {}: {}", before.lines().count().max(1), cause.message().trim())
    })?;
    table
        .into_iter()
        .map(|(name, value)| match value {
            toml::Value::String(text) => Ok((name, text)),
            toml::Value::Integer(number) => Ok((name, number.to_string())),
            toml::Value::Boolean(flag) => Ok((name, flag.to_string())),
            _ => Err(format!("'{name}' in the settings file must be text, a whole number, true or false")),
        })
        .collect()
}

fn value<T: Value>(
    values: &BTreeMap<String, (String, String)>,
    name: &str,
    default: &'static str,
) -> Result<T, String> {
    let (text, from) = values.get(name).map_or((default, "the default"), |(text, from)| (text.as_str(), from.as_str()));
    T::read(text).ok_or_else(|| format!("{name} (from {from}) must be {}", T::SHAPE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn every_default_can_be_read() {
        assert!(Config::load(None, [], []).is_ok());
    }

    #[test]
    fn a_flag_beats_a_variable_beats_the_file() {
        let file = "document_depth = 1\ndocument_tokens = 2\nworkers = 3";
        let variables = pairs(&[("TIDUI_DOCUMENT_DEPTH", "4"), ("TIDUI_DOCUMENT_TOKENS", "5"), ("HOME", "/root")]);
        let config = Config::load(Some(file), variables, pairs(&[("document-depth", "6")])).unwrap();
        assert_eq!((config.document_depth, config.document_tokens, config.workers), (6, 5, 3));
    }

    #[test]
    fn an_unknown_setting_stops_the_start() {
        assert!(Config::load(Some("body_limt_bytes = 1"), [], []).unwrap_err().contains("body_limt_bytes"));
        assert!(Config::load(None, pairs(&[("TIDUI_BODY", "1")]), []).unwrap_err().contains("TIDUI_ variable"));
        assert!(Config::load(Some("workers = 'many'"), [], []).unwrap_err().contains("a whole number"));
    }

    #[test]
    fn secrets_are_masked() {
        let flags = pairs(&[("database-url", "postgres://u:secret@db/tidui?password=secret")]);
        let shown = Config::load(None, [], flags).unwrap().effective();
        assert!(shown.contains("database_url = postgres://****@db/tidui\n"), "{shown}");
        assert!(!shown.contains("secret"));
    }

    #[test]
    fn retentions_have_floors() {
        for name in ["audit-retention-days", "access-log-retention-days"] {
            let with = |days: &str| Config::load(None, [], pairs(&[(name, days)]));
            assert!(with("1095").is_ok() && with("4000").is_ok());
            let why = with("1094").unwrap_err();
            assert!(why.contains(&name.replace('-', "_")) && why.contains("1095"), "{why}");
        }
    }

    #[test]
    fn a_report_can_be_read_for_a_day() {
        let with = |days: &str| Config::load(None, [], pairs(&[("import-runs-days", days)]));
        assert!(with("1").is_ok() && with("0").unwrap_err().contains("import_runs_days"));
    }

    #[test]
    fn only_loopback_without_leave() {
        let at = |listen: &str, leave: &str| {
            Config::load(None, [], pairs(&[("listen", listen), ("allow-remote", leave)])).unwrap().address()
        };
        assert!(at("127.0.0.1:1", "false").is_ok() && at("[::1]:1", "false").is_ok());
        assert!(at("0.0.0.0:1", "false").unwrap_err().contains("allow-remote"));
        assert!(at("0.0.0.0:1", "true").is_ok());
        assert!(at("localhost", "true").is_err());
    }
}
