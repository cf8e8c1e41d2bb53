//! Evaluates the chart's NetworkPolicies as Kubernetes does, for connections between the three tiers.

use std::net::Ipv4Addr;

use serde_json::{Map, Value};

use super::chart::manifests;

/// One end of a connection.
#[derive(Clone, Copy, Debug)]
enum Peer {
    /// A pod of the release, by component.
    Component(&'static str),
    /// A pod in another namespace.
    Namespace(&'static str),
    /// An address outside the Kubernetes cluster.
    Address([u8; 4]),
}

use Peer::{Address, Component, Namespace};

const INTERNET: Peer = Address([203, 0, 113, 9]);
const PRIVATE: Peer = Address([10, 1, 2, 3]);

/// Ports by their names in the pods.
fn named_port(name: &str) -> u64 {
    match name {
        "http" => 8015,
        "metrics" => 9015,
        other => panic!("unknown port {other}"),
    }
}

struct Policies<'a> {
    policies: Vec<&'a Value>,
    instance: String,
    name: String,
    cluster: String,
}

impl<'a> Policies<'a> {
    fn of(set: &'a [Value]) -> Policies<'a> {
        let policies: Vec<_> = set.iter().filter(|m| m["kind"] == "NetworkPolicy").collect();
        let labels = &policies[0]["metadata"]["labels"];
        let deployment = set.iter().find(|m| m["kind"] == "Deployment").unwrap();
        Policies {
            instance: labels["app.kubernetes.io/instance"].as_str().unwrap().to_owned(),
            name: labels["app.kubernetes.io/name"].as_str().unwrap().to_owned(),
            cluster: format!("{}-db", deployment["metadata"]["name"].as_str().unwrap()),
            policies,
        }
    }

    fn labels(&self, component: &str) -> Map<String, Value> {
        let mut labels = Map::new();
        labels.insert("app.kubernetes.io/instance".into(), self.instance.clone().into());
        labels.insert("app.kubernetes.io/name".into(), self.name.clone().into());
        labels.insert("app.kubernetes.io/component".into(), component.into());
        if component == "database" {
            labels.insert("cnpg.io/cluster".into(), self.cluster.clone().into());
        }
        labels
    }

    /// A connection needs the egress of its source and the ingress of its target.
    fn allows(&self, from: Peer, to: Peer, port: u64) -> bool {
        self.allows_direction(from, to, port, "Egress")
            && self.allows_direction(to, from, port, "Ingress")
    }

    /// Whether the policies of `pod` allow a peer. A pod that no policy selects is open.
    fn allows_direction(&self, pod: Peer, peer: Peer, port: u64, direction: &str) -> bool {
        let Component(component) = pod else { return true };
        let labels = self.labels(component);
        let selecting: Vec<_> = self
            .policies
            .iter()
            .filter(|p| p["spec"]["policyTypes"].as_array().unwrap().iter().any(|t| t == direction))
            .filter(|p| selects(&p["spec"]["podSelector"], &labels))
            .collect();
        assert!(!selecting.is_empty(), "no policy selects {component} for {direction}");
        let (rules, peers) =
            if direction == "Egress" { ("egress", "to") } else { ("ingress", "from") };
        selecting
            .iter()
            .flat_map(|policy| policy["spec"][rules].as_array().into_iter().flatten())
            .any(|rule| {
                has_port(rule, port)
                    && rule[peers].as_array().unwrap().iter().any(|p| self.matches(p, peer))
            })
    }

    fn matches(&self, rule: &Value, peer: Peer) -> bool {
        match peer {
            Component(component) => {
                rule["namespaceSelector"].is_null()
                    && rule["podSelector"].is_object()
                    && selects(&rule["podSelector"], &self.labels(component))
            }
            Namespace(name) => {
                rule["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] == name
            }
            Address(address) => contains(&rule["ipBlock"], Ipv4Addr::from(address)),
        }
    }
}

fn selects(selector: &Value, labels: &Map<String, Value>) -> bool {
    let labels_match = selector["matchLabels"]
        .as_object()
        .is_none_or(|all| all.iter().all(|(name, value)| labels.get(name) == Some(value)));
    let expressions = selector["matchExpressions"].as_array().into_iter().flatten();
    labels_match
        && expressions.into_iter().all(|expression| {
            assert_eq!(expression["operator"], "In");
            let value = labels.get(expression["key"].as_str().unwrap());
            value.is_some_and(|value| expression["values"].as_array().unwrap().contains(value))
        })
}

fn has_port(rule: &Value, port: u64) -> bool {
    let matches = |p: &Value| match &p["port"] {
        Value::String(name) => named_port(name) == port,
        number => number.as_u64() == Some(port),
    };
    rule["ports"].as_array().unwrap().iter().any(matches)
}

fn contains(block: &Value, address: Ipv4Addr) -> bool {
    let in_network = |network: &str| {
        let (base, length) = network.split_once('/').unwrap();
        let (base, length): (Ipv4Addr, u32) = (base.parse().unwrap(), length.parse().unwrap());
        let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
        base.to_bits() & mask == address.to_bits() & mask
    };
    let except = block["except"].as_array().into_iter().flatten();
    block["cidr"].as_str().is_some_and(in_network)
        && !except.into_iter().any(|network| in_network(network.as_str().unwrap()))
}

/// From, to, port, whether the connection is allowed.
const CONNECTIONS: &[(Peer, Peer, u64, bool)] = &[
    // Tier 1 to 2.
    (Namespace("ingress-nginx"), Component("service"), 8015, true),
    (Namespace("ingress-nginx"), Component("service"), 9015, false),
    (Namespace("default"), Component("service"), 8015, false),
    (INTERNET, Component("service"), 8015, false),
    (Component("test"), Component("service"), 8015, true),
    // Tier 2 to 3.
    (Component("service"), Component("database"), 5432, true),
    (Component("service"), Component("database"), 8000, false),
    (Component("service"), Component("service"), 8015, false),
    (Component("service"), INTERNET, 443, false),
    (Component("service"), PRIVATE, 5432, false),
    // Nobody passes a tier by.
    (Namespace("ingress-nginx"), Component("database"), 5432, false),
    (Namespace("default"), Component("database"), 5432, false),
    (Namespace("monitoring"), Component("database"), 5432, false),
    (Component("test"), Component("database"), 5432, false),
    (INTERNET, Component("database"), 5432, false),
    (PRIVATE, Component("database"), 5432, false),
    // Jobs.
    (Component("migrate"), Component("database"), 5432, true),
    (Component("sync"), Component("database"), 5432, true),
    (Component("dags"), Component("database"), 5432, true),
    (Component("backup-check"), Component("database"), 5432, true),
    (Component("sync"), INTERNET, 443, true),
    (Component("sync"), INTERNET, 80, false),
    (Component("sync"), PRIVATE, 443, false),
    (Component("sync"), Address([169, 254, 169, 254]), 443, false),
    (Component("dags"), INTERNET, 443, false),
    (Component("sync"), Component("service"), 8015, false),
    (Namespace("default"), Component("sync"), 8080, false),
    // Monitoring and DNS.
    (Namespace("monitoring"), Component("service"), 9015, true),
    (Namespace("monitoring"), Component("service"), 8015, false),
    (Component("service"), Namespace("kube-system"), 53, true),
    (Component("database"), Namespace("kube-system"), 53, true),
    (Component("service"), Namespace("kube-system"), 443, false),
];

/// Only with CloudNativePG.
const CLOUDNATIVE_PG: &[(Peer, Peer, u64, bool)] = &[
    (Component("database"), Component("database"), 5432, true),
    (Component("database"), Component("database"), 8000, true),
    (Namespace("cnpg-system"), Component("database"), 8000, true),
    (Namespace("monitoring"), Component("database"), 9187, true),
    (Namespace("default"), Component("database"), 9187, false),
    (Component("database"), Component("service"), 8015, false),
    (Component("database"), INTERNET, 80, false),
];

fn check(policies: &Policies<'_>, set: &str, connections: &[(Peer, Peer, u64, bool)]) {
    for (from, to, port, expected) in connections {
        assert_eq!(
            policies.allows(*from, *to, *port),
            *expected,
            "{set}: {from:?} to {to:?}, port {port}"
        );
    }
}

#[test]
fn three_tiers_are_separate() {
    let Some(manifests) = manifests() else { return };
    for set in ["default", "statefulset", "without-monitoring", "private"] {
        check(&Policies::of(&manifests[set]), set, CONNECTIONS);
    }
    check(&Policies::of(&manifests["default"]), "default", CLOUDNATIVE_PG);
    // One instance without an operator reaches nothing but DNS.
    let alone = Policies::of(&manifests["statefulset"]);
    for (to, port) in [(INTERNET, 443), (PRIVATE, 6443), (Component("service"), 8015)] {
        assert!(!alone.allows(Component("database"), to, port), "{to:?}");
    }
}

#[test]
fn an_external_database_and_chosen_networks_are_the_only_exceptions() {
    let Some(manifests) = manifests() else { return };
    let external = Policies::of(&manifests["external"]);
    check(
        &external,
        "external",
        &[
            (Component("service"), Address([192, 0, 2, 10]), 6432, true),
            (Component("service"), Address([192, 0, 2, 10]), 5432, false),
            (Component("service"), Address([192, 0, 3, 10]), 6432, false),
            (Component("sync"), Address([192, 0, 2, 10]), 6432, true),
        ],
    );
    let production = Policies::of(&manifests["production"]);
    check(
        &production,
        "production",
        &[
            (Component("service"), Namespace("redis"), 6379, true),
            (Component("database"), Address([10, 96, 0, 1]), 443, true),
            (Component("database"), Address([198, 51, 100, 7]), 443, true),
            (Component("database"), INTERNET, 443, false),
        ],
    );
    assert!(manifests["minimal"].iter().all(|m| m["kind"] != "NetworkPolicy"));
}
