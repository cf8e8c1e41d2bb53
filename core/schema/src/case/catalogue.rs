//! The catalogue of a case's members: those that columns take, and those that are left out, with the reason.
//!
//! A member in neither list is new: the load counts and names it, so that nothing is lost unnoticed.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::details::{AIRCRAFT_QUESTIONS, Answers, CREW_QUESTIONS, EVENT_QUESTIONS, Question};
use super::field::Field;
use super::{aircraft, crew, event, injuries, record, sequence, weather};

/// A member of a case that is not stored.
pub struct LeftOut {
    /// Names of the members on the way, joined by dots.
    pub path: &'static str,
    /// Why it is not stored.
    pub reason: &'static str,
}

const fn left_out(path: &'static str, reason: &'static str) -> LeftOut {
    LeftOut { path, reason }
}

const NO_COLUMN: &str = "the Access files have no column for it";
const REPEATED: &str = "repeats values that other members hold";
const MARK_ONLY: &str = "a mark of the record, not a fact of the accident";
const PRIVATE: &str = "identifies a person";
const UNCLEAR: &str = "its meaning is not documented";
const UNSEEN: &str = "its form is not documented, and no record with a value has been seen";
const UTC: &str = "false also where the time beside it is UTC, as eventTimeUtc always is";
const RICH: &str = "the texts of narratives with formatting";

/// The members that are left out.
#[rustfmt::skip] // one member per line
pub const LEFT_OUT: &[LeftOut] = &[
    left_out("aircrafts.additionalEquipment", NO_COLUMN),
    left_out("aircrafts.aircraftAccidents.unknownNumberofOccupants", MARK_ONLY),
    left_out("aircrafts.aircraftLastInspection", REPEATED),
    left_out("aircrafts.airports.airportLandingSurfaceType", NO_COLUMN),
    left_out("aircrafts.airports.airportRunwayNa", MARK_ONLY),
    left_out("aircrafts.approaches.pre1982ApproachType", MARK_ONLY),
    left_out("aircrafts.crewAndOccupants.faaUniqueId", PRIVATE),
    left_out("aircrafts.crewAndOccupants.flightTimeSummary.estimated", MARK_ONLY),
    left_out("aircrafts.crewAndOccupants.flightTimeSummary.incomplete", MARK_ONLY),
    left_out("aircrafts.eltReasons", NO_COLUMN),
    left_out("aircrafts.engines.enginePropellerSerialNumber", NO_COLUMN),
    left_out("aircrafts.engines.engineSerialNumber", NO_COLUMN),
    left_out("aircrafts.events.tier1Number", REPEATED),
    left_out("aircrafts.events.tier2Number", REPEATED),
    left_out("aircrafts.findings.findingReportText", REPEATED),
    left_out("aircrafts.findings.modifierName", REPEATED),
    left_out("aircrafts.findings.modifierNumber", REPEATED),
    left_out("aircrafts.findings.tier1Name", REPEATED),
    left_out("aircrafts.findings.tier1Number", REPEATED),
    left_out("aircrafts.findings.tier2Name", REPEATED),
    left_out("aircrafts.findings.tier2Number", REPEATED),
    left_out("aircrafts.findings.tier3Name", REPEATED),
    left_out("aircrafts.findings.tier3Number", REPEATED),
    left_out("aircrafts.findings.tier4Name", REPEATED),
    left_out("aircrafts.findings.tier4Number", REPEATED),
    left_out("aircrafts.injuries", REPEATED),
    left_out("aircrafts.itinerary.departureIsUtc", MARK_ONLY),
    left_out("aircrafts.itinerary.departureTimeUtcOffsetHours", NO_COLUMN),
    left_out("aircrafts.itinerary.destinationIsUtc", MARK_ONLY),
    left_out("aircrafts.itinerary.destinationTimeUtc", NO_COLUMN),
    left_out("aircrafts.itinerary.destinationTimeUtcOffsetHours", NO_COLUMN),
    left_out("aircrafts.itinerary.flightPlanSpecification", UNCLEAR),
    left_out("aircrafts.itinerary.lastDeparture", UNCLEAR),
    left_out("aircrafts.occurrences", REPEATED),
    left_out("aircrafts.operatorScopes", NO_COLUMN),
    left_out("aircrafts.totalFatal", REPEATED),
    left_out("aircrafts.totalMinor", REPEATED),
    left_out("aircrafts.totalNone", REPEATED),
    left_out("aircrafts.totalSerious", REPEATED),
    left_out("cm_docketOriginalPublishDate", REPEATED),
    left_out("cm_hasonGroundInjuryMatrix", MARK_ONLY),
    left_out("cm_injuryOnboardCount", REPEATED),
    left_out("cm_injuryOngroundCount", REPEATED),
    left_out("cm_injury_onboard_Fatal", REPEATED),
    left_out("cm_injury_onboard_Minor", REPEATED),
    left_out("cm_injury_onboard_Serious", REPEATED),
    left_out("cm_onboard_Total", REPEATED),
    left_out("cm_topicMode", REPEATED),
    left_out("cm_vehicles.cm_events.cm_tier1Num", REPEATED),
    left_out("cm_vehicles.cm_events.cm_tier2Num", REPEATED),
    left_out("cm_vehicles.cm_findings.cm_findingReportText", REPEATED),
    left_out("cm_vehicles.cm_injuries.cm_hasonBoardInjuryMatrix", MARK_ONLY),
    left_out("cm_vehicles.gaFlight", UNCLEAR),
    left_out("eventIsUtc", UTC),
    left_out("eventLocation", UNCLEAR),
    left_out("isPost2008", MARK_ONLY),
    left_out("isPre1982", MARK_ONLY),
    left_out("onboardFatal", REPEATED),
    left_out("onboardMinor", REPEATED),
    left_out("onboardNone", REPEATED),
    left_out("onboardSerious", REPEATED),
    left_out("richNarratives", RICH),
    left_out("topicMode", REPEATED),
    left_out("weatherConditions.cloudCoverage", NO_COLUMN),
    left_out("weatherConditions.icingActualAmount", NO_COLUMN),
    left_out("weatherConditions.icingActualType", NO_COLUMN),
    left_out("weatherConditions.icingForecastAmount", NO_COLUMN),
    left_out("weatherConditions.icingForecastType", NO_COLUMN),
    left_out("weatherConditions.observationDate", NO_COLUMN),
    left_out("weatherConditions.observationFacilityName", NO_COLUMN),
    left_out("weatherConditions.precipitationNa", MARK_ONLY),
    left_out("weatherConditions.turbulenceActualSeverity", NO_COLUMN),
    left_out("weatherConditions.turbulenceActualType", NO_COLUMN),
    left_out("weatherConditions.turbulenceForecastSeverity", NO_COLUMN),
    left_out("weatherConditions.turbulenceForecastType", NO_COLUMN),
    left_out("weatherConditions.weatherSource", UNCLEAR),
    left_out("weatherPrecipitations", UNSEEN),
];

/// The objects of both forms, with the fields of each.
fn field_groups() -> Vec<(&'static str, &'static [Field])> {
    vec![
        ("", event::FIELDS),
        ("", weather::FIELDS),
        ("", record::FIELDS),
        ("", record::ADMIN_FIELDS),
        ("aircrafts", aircraft::FIELDS),
        ("cm_vehicles", aircraft::FIELDS),
        ("aircrafts.engines", aircraft::ENGINE_FIELDS),
        ("aircrafts.crewAndOccupants", crew::FIELDS),
        ("aircrafts.crewAndOccupants.pilotsFlightTimeMatrix", crew::HOURS_FIELDS),
        ("aircrafts.events", sequence::FIELDS),
        ("cm_vehicles.cm_events", sequence::FIELDS),
        ("aircrafts.findings", sequence::FINDING_FIELDS),
        ("cm_vehicles.cm_findings", sequence::FINDING_FIELDS),
        ("cm_vehicles.cm_engines", aircraft::ENGINE_FIELDS),
        ("aircrafts.events", record::GROUP_FIELDS),
        ("cm_vehicles.cm_events", record::GROUP_FIELDS),
    ]
}

/// Members that are read without a field.
const OTHER_MEMBERS: &[&str] = &[
    "ev_id",
    "evId",
    "eventId",
    "EventId",
    "cm_mkey",
    "mKey",
    "mkey",
    "cm_ntsbNum",
    "ntsbNumber",
    "cm_mode",
    "mode",
    "caseCreatedDateTimeUtc",
    "publishDateTime",
    "cm_recentReportPublishDate",
    "cm_eventDate",
    "eventDate",
    "eventTimeUtc",
    "totalFatal",
    "totalSerious",
    "totalMinor",
    "totalNone",
    "investigatingParties",
    "prelimNarrative",
    "factualNarrative",
    "concatenatedFactualNarrative",
    "analysisNarrative",
    "cm_probableCause",
    "probableCause",
    "narratives.aircraftNumber",
    "narratives.prelimNarrative",
    "narratives.factualNarrative",
    "narratives.concatenatedFactualNarrative",
    "narratives.analysisNarrative",
    "narratives.probableCause",
    "aircrafts.aircraftNumber",
    "cm_vehicles.cm_vehicleNum",
    "aircrafts.events.eventTier1Name",
    "aircrafts.events.eventTier2Name",
    "cm_vehicles.cm_events.cm_tier1Name",
    "cm_vehicles.cm_events.cm_tier2Name",
];

static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut known: HashSet<String> = LEFT_OUT.iter().map(|member| member.path.to_owned()).collect();
    known.extend(OTHER_MEMBERS.iter().map(|path| (*path).to_owned()));
    for (base, fields) in field_groups() {
        for field in fields {
            known.extend(field.pointers.iter().map(|pointer| join(base, pointer)));
        }
    }
    let pointers = weather::COMPUTED_POINTERS.iter().chain(&event::TOTALS);
    known.extend(pointers.chain([&event::COLLISION]).map(|pointer| join("", pointer)));
    for (_, levels) in injuries::ROLES {
        for [tool, api] in levels {
            known.insert(join("cm_vehicles", tool));
            known.insert(join("aircrafts", api));
        }
    }
    let questions = [
        ("", EVENT_QUESTIONS),
        ("aircrafts", AIRCRAFT_QUESTIONS),
        ("aircrafts.crewAndOccupants", CREW_QUESTIONS),
    ];
    for (base, questions) in questions {
        known.extend(questions.iter().flat_map(|question| answer_paths(base, question)));
    }
    known
});

fn answer_paths(base: &str, question: &Question) -> Vec<String> {
    let mut paths = Vec::new();
    for answers in question.answers {
        match answers {
            Answers::At(pointer) => paths.push(join(base, pointer)),
            Answers::Each(pointer, members) => {
                let list = join(base, pointer);
                paths.extend(members.iter().map(|member| join(&list, member)));
            }
        }
    }
    paths
}

/// A JSON pointer below `base` as a path without indices.
fn join(base: &str, pointer: &str) -> String {
    let names = pointer.split('/').filter(|name| name.parse::<usize>().is_err());
    let names = std::iter::once(base).chain(names).filter(|name| !name.is_empty());
    names.collect::<Vec<_>>().join(".")
}

/// Calls `visit` with the path of each member that is neither converted nor left out.
pub(super) fn for_each_unknown(case: &Value, visit: &mut dyn FnMut(&str)) {
    walk(case, &mut String::new(), visit);
}

fn walk(value: &Value, path: &mut String, visit: &mut dyn FnMut(&str)) {
    match value {
        // A member that is left out as a whole is not entered.
        Value::Object(_) | Value::Array(_) if KNOWN.contains(path.as_str()) => {}
        Value::Object(members) => {
            for (name, member) in members {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                walk(member, path, visit);
                path.truncate(length);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, visit)),
        _ if KNOWN.contains(path.as_str()) => {}
        _ => visit(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sources/api-fields.md");

    /// Run with `BLESS=1` to regenerate the file.
    #[test]
    fn document_matches_the_catalogue_of_members() {
        let text = document();
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(FILE, &text).unwrap();
        }
        let written = std::fs::read_to_string(FILE).unwrap_or_default();
        assert!(
            written == text,
            "{FILE} is out of date: BLESS=1 cargo test -p ntsb-schema document"
        );
    }

    fn document() -> String {
        let mut text = String::from(
            "# Members of a record of NTSB's API\n\n\
             Generated from `core/schema/src/case` (`./dev test core document --bless`). Names with `cm_` and \
             `cm_vehicles` are those of the query tool (CAROL). A member that is in neither table is counted \
             and named by the load.\n\n## Stored\n\n| member | column |\n|---|---|\n",
        );
        let tables = [
            "events",
            "events",
            "case_record",
            "ntsb_admin",
            "aircraft",
            "aircraft",
            "engines",
            "flight_crew",
            "flight_time",
            "events_sequence",
            "events_sequence",
            "findings",
            "findings",
            "engines",
            "sequence_group",
            "sequence_group",
        ];
        let groups = field_groups();
        assert_eq!(tables.len(), groups.len());
        for ((base, fields), table) in groups.into_iter().zip(tables) {
            for field in fields {
                let paths =
                    field.pointers.iter().map(|pointer| format!("`{}`", join(base, pointer)));
                let paths = paths.filter(|path| is_of_form(path, base)).collect::<Vec<_>>();
                if !paths.is_empty() {
                    let _ = writeln!(text, "| {} | `{table}.{}` |", paths.join(", "), field.column);
                }
            }
        }
        let questions = [
            ("", "dt_events", EVENT_QUESTIONS),
            ("aircrafts", "dt_aircraft", AIRCRAFT_QUESTIONS),
            ("aircrafts.crewAndOccupants", "dt_flight_crew", CREW_QUESTIONS),
        ];
        for (base, table, questions) in questions {
            for question in questions {
                let paths = answer_paths(base, question);
                let paths: Vec<_> = paths.iter().map(|path| format!("`{path}`")).collect();
                let _ = writeln!(text, "| {} | `{table}` ({}) |", paths.join(", "), question.name);
            }
        }
        text.push_str(
            "\nThe date and time of the event, the temperatures, the time of the observation, the counts of \
             people and the narratives are computed from several members.\n\n## Left out\n\n\
             | member | reason |\n|---|---|\n",
        );
        for member in LEFT_OUT {
            let _ = writeln!(text, "| `{}` | {} |", member.path, member.reason);
        }
        text
    }

    /// The fields of aircraft have pointers for both forms: those of the other form are not shown.
    fn is_of_form(path: &str, base: &str) -> bool {
        let of_other_form = match base {
            "aircrafts" => path.contains(".cm_"),
            _ => base.starts_with("cm_") && path.contains(".aircraft"),
        };
        !of_other_form
    }

    #[test]
    fn no_member_is_both_stored_and_left_out() {
        for (base, fields) in field_groups() {
            for pointer in fields.iter().flat_map(|field| field.pointers) {
                let path = join(base, pointer);
                assert!(LEFT_OUT.iter().all(|member| member.path != path), "{path}");
            }
        }
        assert!(LEFT_OUT.is_sorted_by_key(|member| member.path));
    }
}
