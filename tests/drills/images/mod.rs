//! Container images, built by buildah from a local base, and run by chroot as the user of the image with a
//! read-only root.

mod builder;
mod container;

use std::fs;
use std::process::Command;

use ntsb_tests::chroot::Chroot;
use ntsb_tests::process::run_ok;
use ntsb_tests::{announce, count_sample_events, fixture, wait_for};

use builder::{Builder, Image};
use container::Container;

use crate::installation::packages::find as package;

/// The service's image.
const MAX_SERVICE_BYTES: u64 = 100_000_000;

fn announce_size(name: &str, image: &Image) {
    announce(&format!(
        "figure: image {name}: {} MB, {} MB compressed",
        image.bytes / 1_000_000,
        image.archive_bytes / 1_000_000
    ));
}

/// What every image has: a user without privileges, and a health check where something runs.
fn check_config(image: &Image, has_check: bool) {
    let user = image.config["User"].as_str().unwrap();
    assert!(user.split(':').next().unwrap().parse::<u32>().unwrap() > 0, "{user}");
    let check = image.config["Healthcheck"]["Test"].as_array();
    let runs = check.is_some_and(|test| test.first().is_some_and(|kind| kind == "CMD"));
    assert_eq!(runs, has_check, "{}", image.config);
}

#[test]
fn the_stack_runs_from_its_images() {
    let builder = Builder::new();
    builder.import_base("bookworm");
    let service = builder.build("service", "rest", "bookworm");
    announce_size("ntsb-rest", &service);
    check_config(&service, true);
    let cli = builder.build("cli", "cli", "bookworm");
    announce_size("ntsb-cli", &cli);
    check_config(&cli, false);
    let database = builder.build("database", "database", "bookworm");
    announce_size("ntsb-database", &database);
    check_config(&database, true);

    // The database creates its cluster, with passwords from files.
    let secrets = tempfile::tempdir().unwrap();
    for (name, secret) in [("service", "it's a \\ secret"), ("loader", "another")] {
        fs::write(secrets.path().join(name), secret).unwrap();
    }
    let mut server = Container::start(
        &database,
        &[
            ("NTSB_SERVICE_PASSWORD_FILE", "/run/secrets/service"),
            ("NTSB_LOADER_PASSWORD_FILE", "/run/secrets/loader"),
        ],
        // Of the root that is mounted, not by the link /var/run, which would lead out of it.
        &["/var/lib/postgresql", "/run/postgresql"],
        Some(secrets.path()),
    );
    wait_for("the database's health check", 300, || server.is_healthy().then_some(()));
    let psql = ["psql", "-XqAt", "-d", "ntsb", "-c"];
    let mut query = psql.to_vec();
    query.push("SELECT count(*) FROM ntsb.accidents");
    assert_eq!(server.exec(&query).trim(), "0");

    // The command line tool loads the sample by network, in the same network as the database.
    let sample = tempfile::tempdir().unwrap();
    fs::copy(fixture("sample.zip"), sample.path().join("sample.zip")).unwrap();
    let dsn = "host=127.0.0.1 dbname=ntsb user=ntsb_loader password=another sslmode=disable";
    let load = server.run_beside(
        &cli,
        &[("DATABASE_URL", dsn)],
        Some(sample.path()),
        &["load", "--full", "/run/secrets/sample.zip"],
    );
    assert_eq!(load.code, Some(0), "{}", load.all_output());
    assert_eq!(server.exec(&query).trim(), count_sample_events().to_string());

    // The service answers, and its health check succeeds in its own image.
    let dsn =
        r"host=127.0.0.1 dbname=ntsb user=ntsb_web password='it\'s a \\ secret' sslmode=disable";
    let mut rest = server.start_beside(&service, &[("NTSB_REST_DATABASE", dsn)]);
    wait_for("the service's health check", 60, || rest.is_healthy().then_some(()));
    let mut curl = rest.in_network("curl");
    curl.args(["--silent", "--fail", "http://127.0.0.1:8015/health/ready"]);
    run_ok(curl);
    let mut curl = rest.in_network("curl");
    curl.args(["--silent", "--fail", "http://127.0.0.1:8015/api/v1/events?limit=1"]);
    let answer: serde_json::Value = serde_json::from_str(&run_ok(curl)).unwrap();
    assert_eq!(answer["data"].as_array().unwrap().len(), 1, "{answer}");
    rest.stop();
    server.stop();
    assert!(service.bytes < MAX_SERVICE_BYTES, "{} bytes", service.bytes);
}

/// The image's folders beside a PostgreSQL 18 that has neither pg_ntsb nor libxgboost.
#[test]
fn the_extension_image_serves_postgresql_18() {
    let builder = Builder::new();
    builder.import_base("forky");
    let image = builder.build("cloudnativepg", "cloudnativepg", "forky");
    announce_size("ntsb-cloudnativepg", &image);
    check_config(&image, false);
    assert!(image.root.join("lib/pg_ntsb.so").exists());
    assert!(image.root.join("share/extension/pg_ntsb.control").exists());

    let chroot = Chroot::open("forky");
    chroot.run("apt-get install -y -o Dpkg::Use-Pty=0 postgresql-18 postgresql-18-postgis-3 postgresql-18-postgis-3-scripts");
    chroot.copy_in(&package("ntsb-cli"), "/packages/ntsb-cli.deb");
    let mut cp = Command::new("cp");
    fs::create_dir(chroot.path().join("extensions")).unwrap();
    cp.arg("-r").arg(&image.root).arg(chroot.path().join("extensions/ntsb"));
    run_ok(cp);
    chroot.run(
        "cat >>/etc/postgresql/18/main/postgresql.conf <<'CONF'
listen_addresses = ''
extension_control_path = '$system:/extensions/ntsb/share'
dynamic_library_path = '$libdir:/extensions/ntsb/lib'
CONF
         echo \"LD_LIBRARY_PATH = '/extensions/ntsb/system'\" >>/etc/postgresql/18/main/environment
         pg_ctlcluster 18 main start
         runuser -u postgres -- createdb ntsb",
    );
    chroot.query("ntsb", "CREATE EXTENSION pg_ntsb CASCADE");
    chroot.query("ntsb", "CALL ntsb_create_warehouse()");
    assert_eq!(chroot.query("ntsb", "SELECT count(*) FROM ntsb.accidents"), "0");
    let rows = "SELECT count(*) FROM ntsb_missing_objects()";
    assert_eq!(chroot.query("ntsb", rows), "0");
    // A model is trained: libxgboost is found beside the extension, and nowhere else.
    chroot.run("apt-get install -y -o Dpkg::Use-Pty=0 /packages/ntsb-cli.deb");
    chroot
        .run("runuser -u postgres -- ntsb load --full /usr/share/doc/ntsb-cli/examples/sample.zip");
    let train = r#"SELECT ntsb_train_model('first', 'severity', 'scene', '{"threads": 1}')"#;
    assert_eq!(chroot.query("ntsb", train), "1");
    let libraries = chroot.run("ldconfig -p | grep -c xgboost || true");
    assert_eq!(libraries.trim(), "0");
}
