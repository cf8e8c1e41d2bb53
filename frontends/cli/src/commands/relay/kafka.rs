//! Kafka: one record per event, in the partition of its key.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use rskafka::BackoffConfig;
use rskafka::chrono::DateTime;
use rskafka::client::error::{Error, ProtocolError};
use rskafka::client::partition::{Compression, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder, Credentials, SaslConfig};
use rskafka::record::Record;
use tokio::time::timeout;

use super::cursor::Event;
use super::partition::choose_partition;
use super::target::SendError;
use crate::failure::Failure;

const CONTENT_TYPE: &[u8] = b"application/cloudevents+json; charset=utf-8";

pub struct Kafka {
    brokers: Vec<String>,
    topic: String,
    credentials: Option<Credentials>,
    timeout: Duration,
    session: Option<Session>,
    /// Events of the current batch that were accepted although an earlier event was not.
    accepted: HashSet<i64>,
}

struct Session {
    client: Client,
    partitions: Vec<i32>,
    producers: BTreeMap<i32, PartitionClient>,
}

impl Kafka {
    /// Parses `[USER[:PASSWORD]@]HOST:PORT,HOST:PORT/TOPIC`.
    pub fn parse(
        text: &str,
        password: Option<String>,
        timeout: Duration,
    ) -> Result<Kafka, Failure> {
        let invalid = || {
            Failure::Usage(
                "--to is no valid Kafka URL: kafka://[USER@]HOST:PORT,HOST:PORT/TOPIC".to_owned(),
            )
        };
        let (authority, topic) = text.split_once('/').ok_or_else(invalid)?;
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, hosts)) => (Some(user), hosts),
            None => (None, authority),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || ['.', '_', '-'].contains(&c);
        let brokers: Vec<String> = hosts.split(',').map(str::to_owned).collect();
        let is_broker = |broker: &String| {
            broker
                .rsplit_once(':')
                .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        };
        if topic.is_empty() || !topic.chars().all(is_name) || !brokers.iter().all(is_broker) {
            return Err(invalid());
        }
        let credentials = match user {
            None => None,
            Some(user) => {
                let (name, given) =
                    user.split_once(':').map_or((user, None), |(n, p)| (n, Some(p)));
                let password = password.or_else(|| given.map(str::to_owned)).ok_or_else(|| {
                    Failure::Usage(
                        "a user of Kafka needs NTSB_RELAY_PASSWORD or --password-file".to_owned(),
                    )
                })?;
                Some(Credentials::new(name.to_owned(), password))
            }
        };
        let topic = topic.to_owned();
        let accepted = HashSet::new();
        Ok(Kafka { brokers, topic, credentials, timeout, session: None, accepted })
    }

    pub fn describe(&self) -> String {
        let brokers = self.brokers.join(",");
        format!("kafka {brokers}/{}", self.topic).chars().take(200).collect()
    }

    pub async fn send(&mut self, events: &[Event]) -> Result<(), SendError> {
        let limit = self.timeout;
        let sent = timeout(limit, self.try_send(events)).await;
        let error = match sent {
            Ok(Ok(())) => {
                self.accepted.clear();
                return Ok(());
            }
            Ok(Err(error)) => classify(&error),
            Err(_) => SendError::transient("Kafka did not answer in time"),
        };
        self.session = None;
        let delivered = events.iter().take_while(|e| self.accepted.contains(&e.seq)).count();
        Err(SendError { delivered, ..error })
    }

    async fn try_send(&mut self, events: &[Event]) -> Result<(), Error> {
        if self.session.is_none() {
            self.session = Some(self.connect().await?);
        }
        let Some(session) = &mut self.session else { return Ok(()) };
        let mut groups: BTreeMap<i32, Vec<&Event>> = BTreeMap::new();
        for event in events.iter().filter(|event| !self.accepted.contains(&event.seq)) {
            let index = choose_partition(event.key.as_bytes(), session.partitions.len());
            let partition = session.partitions.get(index).copied().unwrap_or(0);
            groups.entry(partition).or_default().push(event);
        }
        for (partition, group) in groups {
            let records = group.iter().map(|event| to_record(event)).collect();
            let producer = session.producer(&self.topic, partition).await?;
            producer.produce(records, Compression::NoCompression).await?;
            self.accepted.extend(group.iter().map(|event| event.seq));
        }
        Ok(())
    }

    async fn connect(&self) -> Result<Session, Error> {
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
            deadline: Some(self.timeout),
        };
        let mut builder =
            ClientBuilder::new(self.brokers.clone()).client_id("ntsb").backoff_config(backoff);
        if let Some(credentials) = &self.credentials {
            builder = builder.sasl_config(SaslConfig::Plain(credentials.clone()));
        }
        let client = builder.build().await?;
        let topics = client.list_topics().await?;
        let topic = topics.into_iter().find(|topic| topic.name == self.topic);
        let partitions: Vec<i32> =
            topic.map(|topic| topic.partitions.into_iter().collect()).unwrap_or_default();
        if partitions.is_empty() {
            return Err(Error::InvalidResponse(format!("topic {} does not exist", self.topic)));
        }
        Ok(Session { client, partitions, producers: BTreeMap::new() })
    }
}

impl Session {
    async fn producer(&mut self, topic: &str, partition: i32) -> Result<&PartitionClient, Error> {
        let producer = match self.producers.remove(&partition) {
            Some(producer) => producer,
            None => {
                let handling = UnknownTopicHandling::Error;
                self.client.partition_client(topic, partition, handling).await?
            }
        };
        Ok(self.producers.entry(partition).or_insert(producer))
    }
}

fn to_record(event: &Event) -> Record {
    let headers = BTreeMap::from([("content-type".to_owned(), CONTENT_TYPE.to_vec())]);
    Record {
        key: Some(event.key.clone().into_bytes()),
        value: Some(event.json.clone().into_bytes()),
        headers,
        timestamp: DateTime::from_timestamp_micros(event.micros).unwrap_or_default(),
    }
}

/// Errors that a person has to remove: wrong password, missing permission, an event that is too large.
fn classify(error: &Error) -> SendError {
    let Error::ServerError { protocol_error, .. } = error else {
        return SendError::transient(format!("Kafka did not accept the events: {error}"));
    };
    let is_permanent = matches!(
        protocol_error,
        ProtocolError::MessageTooLarge
            | ProtocolError::RecordListTooLarge
            | ProtocolError::InvalidTopicException
            | ProtocolError::TopicAuthorizationFailed
            | ProtocolError::ClusterAuthorizationFailed
            | ProtocolError::SaslAuthenticationFailed
            | ProtocolError::InvalidRecord
    );
    let reason = format!("Kafka refused the events: {protocol_error}");
    if is_permanent { SendError::permanent(reason) } else { SendError::transient(reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, password: Option<&str>) -> Result<Kafka, Failure> {
        Kafka::parse(text, password.map(str::to_owned), Duration::from_secs(1))
    }

    #[test]
    fn a_url_names_brokers_and_a_topic() {
        let kafka = parse("one:9092,two:9093/ntsb.events", None).unwrap();
        assert_eq!(kafka.describe(), "kafka one:9092,two:9093/ntsb.events");
        assert!(kafka.credentials.is_none());
        for text in ["one:9092", "one/topic", ":9092/topic", "one:9092/", "one:9092/a b", "one:x/t"]
        {
            assert!(parse(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn a_user_needs_a_password() {
        let error = parse("ann@one:9092/t", None).err().unwrap().to_string();
        assert!(error.contains("NTSB_RELAY_PASSWORD"), "{error}");
        let kafka = parse("ann@one:9092/t", Some("secret")).unwrap();
        assert!(!kafka.describe().contains("ann") && kafka.credentials.is_some());
    }
}
