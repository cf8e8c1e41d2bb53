use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

const DEFAULTS: Defaults = Defaults { application_name: "ntsb", dbname: "ntsb", user: None };

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let env = |name: &str| {
        variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
    };
    Settings::read(Some(text), &env, DEFAULTS)
}

fn read_error(text: &str, variables: &[(&str, &str)]) -> String {
    read(text, variables).err().unwrap().to_string()
}

#[test]
fn the_environment_completes_the_connection_string() {
    let variables = [("PGHOST", "/run/pg"), ("PGPORT", "6000"), ("PGPASSWORD", "hush")];
    let settings = read("host=db.example user=ann", &variables).unwrap();
    assert_eq!(settings.describe(), "database ntsb at db.example:6000");
    assert_eq!(settings.config().get_user(), Some("ann"));
    assert_eq!(settings.config().get_password(), Some(&b"hush"[..]));
    let redacted = settings.redacted();
    assert_eq!(redacted, "host=db.example port=6000 user=ann dbname=ntsb sslmode=prefer");
}

#[test]
fn a_socket_directory_is_a_host_without_tls() {
    let variables = [("PGHOST", "/run/pg"), ("PGDATABASE", "x"), ("PGSSLMODE", "require")];
    let settings = read("", &variables).unwrap();
    assert_eq!(settings.describe(), "database x at /run/pg/.s.PGSQL.5432");
    assert_eq!(settings.tls_attempts(), (SslMode::Disable, None));
}

#[test]
fn a_url_takes_precedence_over_the_environment() {
    let url = "postgresql://bob:secret@h:7000/air?sslmode=disable";
    let settings = read(url, &[("PGHOST", "elsewhere"), ("PGSSLMODE", "require")]).unwrap();
    assert_eq!(settings.describe(), "database air at h:7000");
    assert_eq!(settings.tls.mode, Mode::Disable);
    let many = read("postgresql://a:1,b/air", &[]).unwrap();
    assert_eq!(many.describe(), "database air at a:1, b:5432");
}

#[test]
fn errors_contain_the_keyword_and_no_password() {
    for text in ["password=hush port=54x", "postgres://u:hush@h:54x/d", "password=hush sslmod=x"] {
        let error = read_error(text, &[]);
        assert!(!error.contains("hush"), "{error}");
        assert!(error.contains("port") || error.contains("sslmod"), "{error}");
    }
    assert!(read_error("", &[("PGPORT", "54x")]).contains("port"));
    assert!(read_error("connect_timeout=x", &[]).contains("whole number of seconds"));
    let error = read_error("sslmode=always", &[]);
    assert_eq!(
        error,
        "sslmode must be disable, allow, prefer, require, verify-ca or verify-full, got \"always\""
    );
    assert!(read_error("", &[("PGSSLCRL", "/x")]).contains("PGSSLCRL"));
}

#[test]
fn verification_needs_certificate_authorities() {
    for mode in ["verify-ca", "verify-full"] {
        let error = read_error(&format!("host=h sslmode={mode}"), &[]);
        assert!(error.contains(mode) && error.contains("sslrootcert=system"), "{error}");
        let error = read_error(&format!("host=h sslmode={mode} sslrootcert=/no/such"), &[]);
        assert!(error.contains("/no/such: No such file"), "{error}");
    }
    assert!(read_error("host=h sslmode=require sslrootcert=system", &[]).contains("verify-full"));
    assert_eq!(read("host=h", &[]).unwrap().tls.mode, Mode::Prefer);
    let missing = read("host=h sslmode=require sslrootcert=/no/such", &[]).unwrap();
    assert_eq!(missing.tls.roots, Roots::None);
}

#[test]
fn default_files_in_home_are_used() {
    let home = std::env::temp_dir().join(format!("ntsb-connect-{}", std::process::id()));
    let folder = home.join(".postgresql");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("root.crt"), "x").unwrap();
    fs::write(home.join(".pg_service.conf"), "[air]\nhost=svc\ndbname=air\nuser=ann\n").unwrap();
    let pass = home.join(".pgpass");
    fs::write(&pass, "other:*:*:*:no\nsvc:5432:air:ann:hush\n").unwrap();
    fs::set_permissions(&pass, fs::Permissions::from_mode(0o600)).unwrap();
    let variables = [("HOME", home.to_str().unwrap()), ("PGSERVICE", "air"), ("PGUSER", "bob")];
    let settings = read("", &variables).unwrap();
    assert_eq!(settings.describe(), "database air at svc:5432");
    assert_eq!(
        settings.config().get_user(),
        Some("ann"),
        "a service takes precedence over the environment"
    );
    assert_eq!(settings.config().get_password(), Some(&b"hush"[..]));
    assert_eq!(settings.tls.roots, Roots::File(folder.join("root.crt")));
    fs::set_permissions(&pass, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(read("", &variables).unwrap().config().get_password(), None);
    assert!(read_error("service=none", &variables).contains("\"none\""));
    fs::remove_dir_all(&home).unwrap();
}
