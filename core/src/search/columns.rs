//! The facts of an event that conditions may name: the one list of them.

use crate::filter::{Scope, Type};

/// What the SQL of the columns is over: one row per event that stands, under the name `e`.
pub const SOURCE: &str = "(SELECT * FROM ntsb.events WHERE withdrawn_batch IS NULL) AS e";

/// Where an event was, for a person to read, over [`SOURCE`].
pub const PLACE: &str = "concat_ws(', ', e.ev_city, e.ev_state, nullif(e.ev_country, 'USA'))";

/// The aircraft of an event, for a person to read, over [`SOURCE`].
pub const AIRCRAFT: &str = "(SELECT string_agg(concat_ws(' ', a.acft_make_std, a.acft_model_std, \
     '(' || a.regis_no || ')'), '; ' ORDER BY a.aircraft_key) \
     FROM ntsb.aircraft a WHERE a.ev_id = e.ev_id AND a.withdrawn_batch IS NULL)";

/// One fact of an event.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub kind: Type,
    pub spelling: Spelling,
    /// What it stands for, over [`SOURCE`].
    pub sql: &'static str,
}

/// How the values of a column are written, and so what is forgiven in a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    AsIs,
    /// Codes: all in capitals.
    Capitals,
    /// One spelling per maker.
    Make,
    /// As the file has them.
    AnyCase,
}

use Spelling::{AnyCase, AsIs, Capitals, Make};
use Type::{Bool, Date, Double, Int, Text};

const fn column(name: &'static str, kind: Type, spelling: Spelling, sql: &'static str) -> Column {
    Column { name, kind, spelling, sql }
}

/// A column of the event's first aircraft.
macro_rules! aircraft {
    ($sql:literal) => {
        concat!(
            "(SELECT ",
            $sql,
            " FROM ntsb.aircraft a WHERE a.ev_id = e.ev_id",
            " AND a.withdrawn_batch IS NULL ORDER BY a.aircraft_key LIMIT 1)"
        )
    };
}

/// A column of the first pilot of the event's first aircraft.
macro_rules! pilot {
    ($sql:literal) => {
        concat!(
            "(SELECT ",
            $sql,
            " FROM ntsb.flight_crew c WHERE c.ev_id = e.ev_id",
            " AND c.withdrawn_batch IS NULL ORDER BY c.aircraft_key,",
            " c.crew_category IS DISTINCT FROM 'PLT', c.crew_no LIMIT 1)"
        )
    };
}

/// The defining occurrence of either era: the event it says, or the phase.
macro_rules! occurrence {
    ($modern:literal, $old:literal) => {
        concat!(
            "coalesce((SELECT ",
            $modern,
            " FROM ntsb.events_sequence s WHERE s.ev_id = e.ev_id",
            " AND s.withdrawn_batch IS NULL ORDER BY s.aircraft_key,",
            " s.defining_ev IS NOT TRUE, s.occurrence_no LIMIT 1),",
            " (SELECT ",
            $old,
            "::text FROM ntsb.occurrences o WHERE o.ev_id = e.ev_id",
            " AND o.withdrawn_batch IS NULL ORDER BY o.aircraft_key, o.occurrence_no LIMIT 1))"
        )
    };
}

/// Every fact; its place in this list is its number in an expression.
#[rustfmt::skip] // one line a column
pub const COLUMNS: &[Column] = &[
    column("ev_id", Text, Capitals, "e.ev_id"),
    column("ntsb_no", Text, Capitals, "e.ntsb_no"),
    column("ev_date", Date, AsIs, "e.ev_date"),
    column("ev_year", Int, AsIs, "e.ev_year"),
    column("ev_month", Int, AsIs, "e.ev_month"),
    column("ev_city", Text, AnyCase, "e.ev_city"),
    column("ev_state", Text, Capitals, "e.ev_state"),
    column("ev_country", Text, Capitals, "e.ev_country"),
    column("is_domestic", Bool, AsIs, "coalesce(e.ev_country = 'USA', false)"),
    column("lat", Double, AsIs, "e.lat"),
    column("lon", Double, AsIs, "e.lon"),
    column("severity", Text, Capitals,
        "coalesce(e.ev_highest_injury, CASE WHEN e.inj_tot_f > 0 THEN 'FATL' END)"),
    column("fatalities", Int, AsIs, "coalesce(e.inj_tot_f, 0)::integer"),
    column("serious", Int, AsIs, "coalesce(e.inj_tot_s, 0)::integer"),
    column("minor", Int, AsIs, "coalesce(e.inj_tot_m, 0)::integer"),
    column("uninjured", Int, AsIs, "coalesce(e.inj_tot_n, 0)::integer"),
    column("wx_cond_basic", Text, Capitals, "e.wx_cond_basic"),
    column("light_cond", Text, Capitals, "e.light_cond"),
    column("far_part", Text, Capitals, aircraft!("a.far_part")),
    column("type_fly", Text, Capitals, aircraft!("a.type_fly")),
    column("damage", Text, Capitals, aircraft!("a.damage")),
    column("acft_make", Text, Make, aircraft!("a.acft_make_std")),
    column("acft_model", Text, AnyCase, aircraft!("a.acft_model_std")),
    column("regis_no", Text, Capitals, aircraft!("a.regis_no")),
    column("acft_category", Text, Capitals, aircraft!("a.acft_category")),
    column("num_eng", Int, AsIs, aircraft!("a.num_eng")),
    column("num_aircraft", Int, AsIs,
        "(SELECT count(*)::integer FROM ntsb.aircraft a WHERE a.ev_id = e.ev_id AND a.withdrawn_batch IS NULL)"),
    column("pilot_age", Int, AsIs, pilot!("c.crew_age")),
    column("phase_code", Text, Capitals,
        occurrence!("coalesce(s.phase_no, left(s.occurrence_code, 3))", "o.phase_of_flight")),
    column("event_code", Text, Capitals,
        occurrence!("coalesce(s.eventsoe_no, substr(s.occurrence_code, 4))", "o.occurrence_code")),
    column("finding_code", Text, Capitals,
        "(SELECT f.finding_code FROM ntsb.findings f WHERE f.ev_id = e.ev_id AND f.withdrawn_batch IS NULL ORDER BY f.aircraft_key, f.finding_no LIMIT 1)"),
    column("probable_cause", Text, AnyCase,
        "(SELECT n.narr_cause FROM ntsb.narratives n WHERE n.ev_id = e.ev_id AND n.withdrawn_batch IS NULL AND n.narr_cause IS NOT NULL ORDER BY n.aircraft_key LIMIT 1)"),
];

/// The scope that [`COLUMNS`] are.
#[derive(Debug)]
pub struct Facts;

impl Facts {
    /// The type of a column that does not exist.
    pub const NONE: Type = Type::Null;
}

impl Column {
    /// Number and column of a name.
    pub fn find(name: &str) -> Option<(usize, &'static Column)> {
        COLUMNS.iter().enumerate().find(|(_, c)| c.name == name)
    }

    /// The PostgreSQL type of its values.
    pub fn sql_type(&self) -> &'static str {
        match self.kind {
            Type::Bool => "boolean",
            Type::Date => "date",
            Type::Timestamp => "timestamp",
            Type::Int => "bigint",
            Type::Real | Type::Double => "double precision",
            Type::Text | Type::Null => "text",
        }
    }
}

impl Scope for Facts {
    fn name(&self) -> &'static str {
        "accidents"
    }

    fn find(&self, column: &str) -> Option<(usize, Type)> {
        Column::find(column).map(|(at, c)| (at, c.kind))
    }
}
