//! Brokers that speak Kafka's protocol: the mock cluster of librdkafka, loaded at run time (Debian package
//! librdkafka1). Records are read back by librdkafka's consumer, an independent implementation.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

type Handle = *mut c_void;

const PRODUCER: c_int = 0;
const CONSUMER: c_int = 1;
const OFFSET_BEGINNING: i64 = -2;
const PARTITION_EOF: c_int = -191;
/// The number of the produce request in Kafka's protocol.
const PRODUCE: i16 = 0;

/// Errors of Kafka's protocol.
pub const NOT_LEADER: c_int = 6;
pub const REQUEST_TIMED_OUT: c_int = 7;
pub const MESSAGE_TOO_LARGE: c_int = 10;

pub struct KafkaBrokers {
    library: Library,
    owner: Handle,
    cluster: Handle,
    pub bootstrap: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub partition: i32,
    pub key: String,
    pub value: String,
    pub content_type: Option<String>,
}

/// `rd_kafka_message_t`.
#[repr(C)]
struct Message {
    err: c_int,
    topic: Handle,
    partition: i32,
    payload: *const u8,
    len: usize,
    key: *const u8,
    key_len: usize,
    offset: i64,
    private: Handle,
}

struct Library(Handle);

impl Library {
    fn open() -> Library {
        // SAFETY: the name is a C string; the library's initialisers have no preconditions.
        let handle = unsafe { libc::dlopen(c"librdkafka.so.1".as_ptr(), libc::RTLD_NOW) };
        assert!(!handle.is_null(), "librdkafka.so.1 is missing: install the package librdkafka1");
        Library(handle)
    }

    fn symbol(&self, name: &CStr) -> Handle {
        // SAFETY: the handle is that of an open library, which is never closed.
        let symbol = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        assert!(!symbol.is_null(), "librdkafka lacks {name:?}");
        symbol
    }
}

/// Calls a function of the library. Its type is that of rdkafka.h or rdkafka_mock.h.
macro_rules! call {
    ($library:expr, $name:literal, fn($($kind:ty),*) -> $result:ty, $($value:expr),*) => {{
        let symbol = $library.symbol($name);
        // SAFETY: the symbol is a function of this type, and the caller passes valid arguments.
        unsafe {
            std::mem::transmute::<Handle, unsafe extern "C" fn($($kind),*) -> $result>(symbol)($($value),*)
        }
    }};
}

impl KafkaBrokers {
    /// Starts one broker with a topic.
    pub fn start(topic: &str, partitions: i32) -> KafkaBrokers {
        let library = Library::open();
        let owner = create_client(&library, PRODUCER, &[("log_level", "0")]);
        let cluster =
            call!(library, c"rd_kafka_mock_cluster_new", fn(Handle, c_int) -> Handle, owner, 1);
        assert!(!cluster.is_null());
        let bootstrap = call!(
            library,
            c"rd_kafka_mock_cluster_bootstraps",
            fn(Handle) -> *const c_char,
            cluster
        );
        // SAFETY: a C string that lives as long as the cluster.
        let bootstrap = unsafe { CStr::from_ptr(bootstrap) }.to_str().unwrap().to_owned();
        let name = CString::new(topic).unwrap();
        let error = call!(
            library,
            c"rd_kafka_mock_topic_create",
            fn(Handle, *const c_char, c_int, c_int) -> c_int,
            cluster,
            name.as_ptr(),
            partitions,
            1
        );
        assert_eq!(error, 0);
        KafkaBrokers { library, owner, cluster, bootstrap }
    }

    /// The next produce requests fail with these errors.
    pub fn fail_next_requests(&self, errors: &[c_int]) {
        call!(
            self.library,
            c"rd_kafka_mock_push_request_errors_array",
            fn(Handle, i16, usize, *const c_int) -> (),
            self.cluster,
            PRODUCE,
            errors.len(),
            errors.as_ptr()
        );
    }

    /// Closes all connections and refuses new ones, as a broker that restarts.
    pub fn set_down(&self) {
        let error = call!(
            self.library,
            c"rd_kafka_mock_broker_set_down",
            fn(Handle, i32) -> c_int,
            self.cluster,
            1
        );
        assert_eq!(error, 0);
    }

    pub fn set_up(&self) {
        let error = call!(
            self.library,
            c"rd_kafka_mock_broker_set_up",
            fn(Handle, i32) -> c_int,
            self.cluster,
            1
        );
        assert_eq!(error, 0);
    }

    /// Reads all records of the first `partitions` partitions of a topic.
    pub fn read(&self, topic: &str, partitions: i32) -> Vec<Received> {
        let library = &self.library;
        let settings = [
            ("bootstrap.servers", self.bootstrap.as_str()),
            ("group.id", "test"),
            ("enable.partition.eof", "true"),
        ];
        let consumer = create_client(library, CONSUMER, &settings);
        let list =
            call!(library, c"rd_kafka_topic_partition_list_new", fn(c_int) -> Handle, partitions);
        let name = CString::new(topic).unwrap();
        for partition in 0..partitions {
            call!(
                library,
                c"rd_kafka_topic_partition_list_add",
                fn(Handle, *const c_char, i32) -> Handle,
                list,
                name.as_ptr(),
                partition
            );
            call!(
                library,
                c"rd_kafka_topic_partition_list_set_offset",
                fn(Handle, *const c_char, i32, i64) -> c_int,
                list,
                name.as_ptr(),
                partition,
                OFFSET_BEGINNING
            );
        }
        assert_eq!(
            call!(library, c"rd_kafka_assign", fn(Handle, Handle) -> c_int, consumer, list),
            0
        );
        let (mut received, mut ended, start) = (Vec::new(), 0, Instant::now());
        while ended < partitions {
            assert!(start.elapsed() < Duration::from_secs(60), "no end of {topic}");
            let message = call!(
                library,
                c"rd_kafka_consumer_poll",
                fn(Handle, c_int) -> *mut Message,
                consumer,
                1000
            );
            if message.is_null() {
                continue;
            }
            // SAFETY: the library returned a valid message, which is destroyed below.
            let fields = unsafe { &*message };
            match fields.err {
                0 => received.push(self.read_message(message, fields)),
                PARTITION_EOF => ended += 1,
                _ => {}
            }
            call!(library, c"rd_kafka_message_destroy", fn(*mut Message) -> (), message);
        }
        call!(library, c"rd_kafka_topic_partition_list_destroy", fn(Handle) -> (), list);
        call!(library, c"rd_kafka_consumer_close", fn(Handle) -> c_int, consumer);
        call!(library, c"rd_kafka_destroy", fn(Handle) -> (), consumer);
        received
    }

    fn read_message(&self, message: *mut Message, fields: &Message) -> Received {
        let (mut headers, mut value, mut size) = (null_mut(), null(), 0);
        let has_headers = call!(
            self.library,
            c"rd_kafka_message_headers",
            fn(*mut Message, *mut Handle) -> c_int,
            message,
            &mut headers
        ) == 0;
        let has_type = has_headers
            && call!(
                self.library,
                c"rd_kafka_header_get_last",
                fn(Handle, *const c_char, *mut *const u8, *mut usize) -> c_int,
                headers,
                c"content-type".as_ptr(),
                &mut value,
                &mut size
            ) == 0;
        Received {
            partition: fields.partition,
            key: read_bytes(fields.key, fields.key_len),
            value: read_bytes(fields.payload, fields.len),
            content_type: has_type.then(|| read_bytes(value, size)),
        }
    }
}

fn read_bytes(start: *const u8, len: usize) -> String {
    if start.is_null() {
        return String::new();
    }
    // SAFETY: the library gave the start and length of a buffer that lives as long as the message.
    String::from_utf8(unsafe { std::slice::from_raw_parts(start, len) }.to_vec()).unwrap()
}

fn create_client(library: &Library, kind: c_int, settings: &[(&str, &str)]) -> Handle {
    let config = call!(library, c"rd_kafka_conf_new", fn() -> Handle,);
    let mut error = [0 as c_char; 512];
    for (name, value) in settings {
        let (name, value) = (CString::new(*name).unwrap(), CString::new(*value).unwrap());
        let result = call!(
            library,
            c"rd_kafka_conf_set",
            fn(Handle, *const c_char, *const c_char, *mut c_char, usize) -> c_int,
            config,
            name.as_ptr(),
            value.as_ptr(),
            error.as_mut_ptr(),
            error.len()
        );
        assert_eq!(result, 0, "{name:?}");
    }
    let client = call!(
        library,
        c"rd_kafka_new",
        fn(c_int, Handle, *mut c_char, usize) -> Handle,
        kind,
        config,
        error.as_mut_ptr(),
        error.len()
    );
    assert!(!client.is_null());
    client
}

impl Drop for KafkaBrokers {
    fn drop(&mut self) {
        call!(self.library, c"rd_kafka_mock_cluster_destroy", fn(Handle) -> (), self.cluster);
        call!(self.library, c"rd_kafka_destroy", fn(Handle) -> (), self.owner);
    }
}
