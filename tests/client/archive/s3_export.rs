//! `ntsb export` to an S3 store. The tests use one in memory.

use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use ntsb_tests::cli::ntsb_command;
use ntsb_tests::database::Database;
use ntsb_tests::process::{ProcessOutput, run, run_ok};
use ntsb_tests::wait_for;

use super::python;

/// An S3 server (moto) that is killed at the end of the test.
struct S3Store {
    process: Child,
    port: u16,
    python: String,
}

impl S3Store {
    fn start(python: &str) -> S3Store {
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut server = Command::new(python);
        server.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
        let process = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let store = S3Store { process, port, python: python.to_owned() };
        wait_for("S3 server", 60, || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
        store.run_boto3("client.create_bucket(Bucket='accidents')");
        store
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Runs a boto3 call.
    fn run_boto3(&self, call: &str) -> String {
        let mut command = Command::new(&self.python);
        command.args([
            "-c",
            &format!(
            "import boto3; client = boto3.client('s3', endpoint_url='{}', aws_access_key_id='k',
    aws_secret_access_key='s', region_name='us-east-1'); {call}", self.endpoint()),
        ]);
        run_ok(command)
    }

    fn export(&self, database: &Database, arguments: &[&str]) -> ProcessOutput {
        let mut export = ntsb_command(&database.server, &database.name);
        export.args(["export"]).args(arguments).env("AWS_ENDPOINT_URL", self.endpoint());
        export.env("AWS_ACCESS_KEY_ID", "k").env("AWS_SECRET_ACCESS_KEY", "s");
        export.env("AWS_REGION", "us-east-1").env("AWS_ALLOW_HTTP", "true");
        for proxy in
            ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        {
            export.env_remove(proxy);
        }
        run(export)
    }
}

impl Drop for S3Store {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn an_s3_export_equals_a_file_export() {
    let Some(python) = python() else { return };
    let (database, store) = (Database::with_sample(), S3Store::start(&python));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.parquet");
    let url = "s3://accidents/year/events.parquet";
    let finished = store.export(&database, &["events", "--format", "parquet", "--output", url]);
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    let local = ["events", "--format", "parquet", "--output", super::path_str(&file)];
    assert_eq!(store.export(&database, &local).code, Some(0));
    let fetched = folder.path().join("fetched");
    store.run_boto3(&format!(
        "client.download_file('accidents', 'year/events.parquet', '{}')",
        fetched.display()
    ));
    let read = |path| {
        let mut bytes = Vec::new();
        std::fs::File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert!(read(&fetched) == read(&file));
    // An existing object is replaced only with --overwrite.
    let again = ["events", "--format", "csv", "--output", url];
    assert_eq!(store.export(&database, &again).code, Some(2));
    assert_eq!(store.export(&database, &[&again[..], &["--overwrite"]].concat()).code, Some(0));
    let missing = ["states", "--format", "csv", "--output", "s3://no-such-bucket/x"];
    let finished = store.export(&database, &missing);
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    // Larger than one part of a multipart upload.
    database.execute(
        "CREATE VIEW ntsb.wide AS SELECT md5(n::text) || md5((-n)::text) AS t FROM generate_series(1, 600000) n",
    );
    let url = "s3://accidents/wide.csv";
    let finished = store.export(&database, &["wide", "--format", "csv", "--output", url]);
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    let size = store.run_boto3(
        "print(client.head_object(Bucket='accidents', Key='wide.csv')['ContentLength'])",
    );
    assert_eq!(size.trim(), "39000002");
}
