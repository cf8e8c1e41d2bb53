//! The part of Grafana's dashboard schema (version 39) that the dashboards use.

use serde::Serialize;
use serde_json::{Value, json};

/// The data sources that deploy/monitoring/grafana/provisioning defines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Prometheus,
    Warehouse,
}

impl Source {
    pub fn to_json(self) -> Value {
        match self {
            Source::Prometheus => json!({ "type": "prometheus", "uid": "prometheus" }),
            Source::Warehouse => {
                json!({ "type": "grafana-postgresql-datasource", "uid": "warehouse" })
            }
        }
    }
}

#[derive(Clone, Copy)]
pub enum Unit {
    Number,
    /// From 0 to 1.
    Share,
    Seconds,
    Bytes,
    PerSecond,
    /// 0 or 1.
    Boolean,
}

impl Unit {
    fn id(self) -> &'static str {
        match self {
            Unit::Number => "short",
            Unit::Share => "percentunit",
            Unit::Seconds => "s",
            Unit::Bytes => "bytes",
            Unit::PerSecond => "reqps",
            Unit::Boolean => "bool_yes_no",
        }
    }
}

#[derive(Clone, Copy)]
pub enum Kind {
    TimeSeries,
    /// The last value of each series.
    Stat,
    Table,
    /// Bars by the first column.
    BarChart,
    /// Points; the columns lat and lon place them.
    Map,
}

impl Kind {
    fn id(self) -> &'static str {
        match self {
            Kind::TimeSeries => "timeseries",
            Kind::Stat => "stat",
            Kind::Table => "table",
            Kind::BarChart => "barchart",
            Kind::Map => "geomap",
        }
    }

    /// Width and height on Grafana's grid of 24 columns.
    fn size(self) -> (u32, u32) {
        match self {
            Kind::Stat => (6, 4),
            Kind::TimeSeries | Kind::BarChart => (12, 8),
            Kind::Table => (12, 9),
            Kind::Map => (24, 14),
        }
    }

    fn options(self) -> Value {
        match self {
            Kind::TimeSeries => json!({
                "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": [] },
                "tooltip": { "mode": "multi", "sort": "desc" },
            }),
            Kind::Stat => json!({
                "colorMode": "value", "graphMode": "area", "justifyMode": "auto",
                "orientation": "auto", "textMode": "auto",
                "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
            }),
            Kind::Table => json!({ "showHeader": true, "cellHeight": "sm" }),
            Kind::BarChart => json!({
                "orientation": "auto", "stacking": "normal", "showValue": "never", "groupWidth": 0.7,
                "barWidth": 0.9, "xTickLabelRotation": 0,
                "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": [] },
                "tooltip": { "mode": "multi", "sort": "none" },
            }),
            Kind::Map => json!({
                "view": { "id": "coords", "lat": 40.0, "lon": -98.0, "zoom": 4 },
                "basemap": { "type": "default", "name": "Basemap" },
                "layers": [{
                    "type": "markers", "name": "Accidents",
                    "location": { "mode": "coords", "latitude": "lat", "longitude": "lon" },
                }],
            }),
        }
    }
}

/// One query and the name of its series, which may contain labels as `{{label}}`.
#[derive(Clone)]
pub struct Target {
    pub query: String,
    pub legend: &'static str,
}

pub struct Panel {
    pub kind: Kind,
    pub title: &'static str,
    pub description: &'static str,
    pub source: Source,
    pub unit: Unit,
    pub targets: Vec<Target>,
    /// From this value on the panel is red.
    pub limit: Option<f64>,
}

impl Panel {
    pub fn new(kind: Kind, title: &'static str, source: Source, unit: Unit) -> Panel {
        Panel { kind, title, description: "", source, unit, targets: Vec::new(), limit: None }
    }

    pub fn describe(self, description: &'static str) -> Panel {
        Panel { description, ..self }
    }

    pub fn limit(self, limit: f64) -> Panel {
        Panel { limit: Some(limit), ..self }
    }

    pub fn query(mut self, query: impl Into<String>, legend: &'static str) -> Panel {
        self.targets.push(Target { query: query.into(), legend });
        self
    }

    fn target_json(&self, target: &Target, index: usize) -> Value {
        let ref_id = char::from(b'A' + u8::try_from(index).unwrap_or(25)).to_string();
        let source = self.source.to_json();
        match self.source {
            Source::Prometheus => {
                let is_table = matches!(self.kind, Kind::Table);
                json!({ "refId": ref_id, "datasource": source, "expr": target.query,
                        "legendFormat": target.legend, "editorMode": "code", "range": !is_table,
                        "instant": is_table, "format": if is_table { "table" } else { "time_series" } })
            }
            Source::Warehouse => {
                let is_series = matches!(self.kind, Kind::TimeSeries);
                json!({ "refId": ref_id, "datasource": source, "rawSql": target.query,
                        "rawQuery": true, "editorMode": "code",
                        "format": if is_series { "time_series" } else { "table" } })
            }
        }
    }

    fn to_json(&self, id: usize, x: u32, y: u32) -> Value {
        let (width, height) = self.kind.size();
        let mut steps = vec![json!({ "color": "green", "value": null })];
        steps.extend(self.limit.map(|limit| json!({ "color": "red", "value": limit })));
        let targets = self.targets.iter().enumerate();
        let targets: Vec<Value> = targets.map(|(n, target)| self.target_json(target, n)).collect();
        json!({
            "id": id, "type": self.kind.id(), "title": self.title, "description": self.description,
            "datasource": self.source.to_json(),
            "gridPos": { "x": x, "y": y, "w": width, "h": height },
            "fieldConfig": {
                "defaults": { "unit": self.unit.id(), "thresholds": { "mode": "absolute", "steps": steps } },
                "overrides": [],
            },
            "options": self.kind.options(),
            "targets": targets,
        })
    }
}

/// A choice above the dashboard. `$name` in a query is the chosen value.
pub struct Variable {
    pub name: &'static str,
    pub label: &'static str,
    pub source: Source,
    pub query: &'static str,
    /// What the choice "All" stands for.
    pub all_value: &'static str,
}

impl Variable {
    fn to_json(&self) -> Value {
        json!({
            "type": "query", "name": self.name, "label": self.label, "datasource": self.source.to_json(),
            "query": self.query, "refresh": 2, "sort": 1, "multi": false,
            "includeAll": true, "allValue": self.all_value, "hide": 0, "skipUrlSync": false,
            "current": { "selected": true, "text": "All", "value": "$__all" },
        })
    }
}

pub struct Dashboard {
    pub uid: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    /// The start of the shown time, relative to now.
    pub from: &'static str,
    pub variables: Vec<Variable>,
    /// Titles of the rows with their panels.
    pub rows: Vec<(&'static str, Vec<Panel>)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DashboardJson {
    uid: &'static str,
    title: &'static str,
    description: &'static str,
    tags: [&'static str; 1],
    schema_version: u32,
    version: u32,
    editable: bool,
    graph_tooltip: u32,
    timezone: &'static str,
    refresh: &'static str,
    time: Value,
    templating: Value,
    annotations: Value,
    links: [Value; 0],
    panels: Vec<Value>,
}

impl Dashboard {
    /// The JSON that Grafana reads.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let variables: Vec<Value> = self.variables.iter().map(Variable::to_json).collect();
        let json = DashboardJson {
            uid: self.uid,
            title: self.title,
            description: self.description,
            tags: ["pg_ntsb"],
            schema_version: 39,
            version: 1,
            editable: false,
            graph_tooltip: 1,
            timezone: "utc",
            refresh: "1m",
            time: json!({ "from": self.from, "to": "now" }),
            templating: json!({ "list": variables }),
            annotations: json!({ "list": [] }),
            links: [],
            panels: self.place_panels(),
        };
        Ok(serde_json::to_string_pretty(&json)? + "\n")
    }

    /// Panels fill the grid from left to right, each row of the dashboard from a new line on.
    fn place_panels(&self) -> Vec<Value> {
        let (mut panels, mut y) = (Vec::new(), 0);
        for (title, row) in &self.rows {
            let id = panels.len() + 1;
            panels.push(json!({ "id": id, "type": "row", "title": title, "collapsed": false,
                                "gridPos": { "x": 0, "y": y, "w": 24, "h": 1 }, "panels": [] }));
            y += 1;
            let (mut x, mut line_height) = (0, 0);
            for panel in row {
                let (width, height) = panel.kind.size();
                if x + width > 24 {
                    (x, y, line_height) = (0, y + line_height, 0);
                }
                panels.push(panel.to_json(panels.len() + 1, x, y));
                x += width;
                line_height = line_height.max(height);
            }
            y += line_height;
        }
        panels
    }
}
