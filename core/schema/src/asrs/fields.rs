//! The fields of a report: name in the header, column and conversion.

use super::values;
use serde_json::Value;

/// A field of the export and the column that holds it.
pub struct Field {
    /// Name in the header, with the group if it occurs once.
    pub name: &'static str,
    column: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// Values joined by semicolons.
    List,
    Integer,
    Number,
    /// Y or N.
    Flag,
    /// A quarter of the day.
    Quarter,
    /// A height in feet, or CLR for a clear sky.
    Ceiling,
    /// Weather, and visibility in statute miles as a number among it.
    Weather,
    /// The part of the Federal Aviation Regulations; the text is kept, too.
    FarPart,
    /// Labelled numbers, such as hours.
    Experience,
    /// Horizontal and vertical distance in feet.
    MissDistance,
    /// Accession number of a person's own report.
    AccessionNumber,
}

use Kind::{Flag, Integer, List, Text};

const fn field(name: &'static str, column: &'static str, kind: Kind) -> Field {
    Field { name, column, kind }
}

/// Hours among a person's experience that have a column of their own.
const HOURS: [(&str, &str); 3] = [
    ("Flight Crew Total", "flight_hours_total"),
    ("Flight Crew Last 90 Days", "flight_hours_90_days"),
    ("Flight Crew Type", "flight_hours_type"),
];

pub const REPORT: &[Field] = &[
    field("Time.Local Time Of Day", "local_time", Kind::Quarter),
    field("Place.Locale Reference", "locale", Text),
    field("Place.State Reference", "state", Text),
    field("Place.Relative Position.Angle.Radial", "radial_deg", Integer),
    field("Place.Relative Position.Distance.Nautical Miles", "distance_nm", Kind::Number),
    field("Place.Altitude.AGL.Single Value", "altitude_agl_ft", Integer),
    field("Place.Altitude.MSL.Single Value", "altitude_msl_ft", Integer),
    field("Place.Latitude / Longitude (UAS)", "uas_position", Text),
    field("Environment.Flight Conditions", "flight_conditions", Text),
    field("Environment.Weather Elements / Visibility", "weather", Kind::Weather),
    field("Environment.Work Environment Factor", "work_environment", List),
    field("Environment.Light", "light", Text),
    field("Environment.Ceiling", "ceiling_ft", Kind::Ceiling),
    field("Environment.RVR.Single Value", "rvr_ft", Integer),
    // Names of components contain semicolons, so they are not split.
    field("Component.Aircraft Component", "component", Text),
    field("Component.Manufacturer", "component_manufacturer", Text),
    field("Component.Aircraft Reference", "component_aircraft", Text),
    field("Component.Problem", "component_problem", List),
    field("Assessments.Contributing Factors / Situations", "contributing_factors", List),
    field("Assessments.Primary Problem", "primary_problem", Text),
    field("Report 1.Synopsis", "synopsis", Text),
];

pub const AIRCRAFT: &[Field] = &[
    field("ATC / Advisory", "atc_advisory", List),
    field("Aircraft Operator", "operator", Text),
    // "Small Aircraft; Low Wing; 1 Eng; Fixed Gear" is one name.
    field("Make Model Name", "make_model", Text),
    field("Aircraft Zone", "zone", Text),
    field("Crew Size", "crew_size", Integer),
    field("Operating Under FAR Part", "far_part", Kind::FarPart),
    field("Flight Plan", "flight_plan", Text),
    field("Mission", "mission", List),
    field("Nav In Use", "nav_in_use", List),
    field("Flight Phase", "flight_phase", List),
    field("Route In Use", "route_in_use", List),
    field("Airspace", "airspace", List),
    field("Maintenance Status.Maintenance Deferred", "maintenance_deferred", Flag),
    field("Maintenance Status.Records Complete", "maintenance_records_complete", Flag),
    field("Maintenance Status.Released For Service", "released_for_service", Flag),
    field("Maintenance Status.Required / Correct Doc On Board", "documents_on_board", Flag),
    field("Maintenance Status.Maintenance Type", "maintenance_type", Text),
    field("Maintenance Status.Maintenance Items Involved", "maintenance_items", List),
    field("Cabin Lighting", "cabin_lighting", Text),
    field("Number Of Seats.Number", "seats", Integer),
    field("Passengers On Board.Number", "passengers", Integer),
    field("Crew Size Flight Attendant.Number Of Crew", "flight_attendants", Integer),
    field("Airspace Authorization Provider (UAS)", "uas_authorization", List),
    field("Operating Under Waivers / Exemptions / Authorizations (UAS)", "uas_under_waiver", Flag),
    field("Waivers / Exemptions / Authorizations (UAS)", "uas_waivers", List),
    field("Airworthiness Certification (UAS)", "uas_airworthiness", Text),
    field("Weight Category (UAS)", "uas_weight", Text),
    field("Configuration (UAS)", "uas_configuration", Text),
    field("Flight Operated As (UAS)", "uas_operation", Text),
    field("Flight Operated with Visual Observer (UAS)", "uas_visual_observer", Flag),
    field("Control Mode (UAS)", "uas_control_mode", Text),
    field("Flying In / Near / Over (UAS)", "uas_flying_near", List),
    field("Passenger Capable (UAS)", "uas_passenger_capable", Flag),
    field("Type (UAS)", "uas_type", Text),
    field("Number of UAS Being Controlled (UAS)", "uas_controlled", Integer),
];

pub const PERSON: &[Field] = &[
    field("Location Of Person", "location", Text),
    field("Location In Aircraft", "location_in_aircraft", Text),
    field("Reporter Organization", "organization", Text),
    field("Function", "function", List),
    field("Qualification", "qualification", List),
    field("Experience", "experience", Kind::Experience),
    field("Cabin Activity", "cabin_activity", List),
    field("Human Factors", "human_factors", List),
    field("Communication Breakdown", "communication_breakdown", List),
    field("UAS Communication Breakdown", "uas_communication_breakdown", List),
    field("ASRS Report Number.Accession Number", "report_acn", Kind::AccessionNumber),
];

pub const EVENT: &[Field] = &[
    field("Anomaly", "anomaly", List),
    field("Miss Distance", "miss_distance", Kind::MissDistance),
    field("Were Passengers Involved In Event", "passengers_involved", Flag),
    field("Detector", "detector", List),
    field("When Detected", "when_detected", List),
    field("Result", "result", List),
];

pub const NARRATIVE: &[Field] =
    &[field("Narrative", "narrative", Text), field("Callback", "callback", Text)];

/// Receives a column and its value.
type AddValue<'a> = &'a mut dyn FnMut(&str, Value);

impl Field {
    /// Converts a value that is not blank. Returns the parts that the columns cannot hold.
    pub fn convert(&self, raw: &str, add: AddValue<'_>) -> Vec<String> {
        match self.kind {
            Kind::Text => add(self.column, raw.into()),
            Kind::List => add_list(self.column, values::split(raw), add),
            Kind::Experience => return add_experience(raw, add),
            Kind::MissDistance => return add_miss_distance(raw, add),
            Kind::Weather => add_weather(raw, add),
            Kind::FarPart => {
                add("operating_under", raw.into());
                if let Some(part) = values::far_part(raw) {
                    add(self.column, part.into());
                }
            }
            Kind::Ceiling if raw.eq_ignore_ascii_case("CLR") => add("is_sky_clear", true.into()),
            kind => match convert_single(kind, raw) {
                Some(value) => add(self.column, value),
                None => return vec![raw.to_owned()],
            },
        }
        Vec::new()
    }
}

/// Converts a value that has a certain form. None if it has another.
fn convert_single(kind: Kind, raw: &str) -> Option<Value> {
    match kind {
        Kind::Integer | Kind::Ceiling => values::integer(raw),
        Kind::Number => values::number(raw),
        Kind::Quarter => values::is_quarter(raw).then(|| raw.into()),
        Kind::AccessionNumber => values::accession_number(raw).map(Value::from),
        Kind::Flag => match raw {
            "Y" | "Yes" => Some(true.into()),
            "N" | "No" => Some(false.into()),
            _ => None,
        },
        _ => None,
    }
}

fn add_list(column: &str, items: Vec<&str>, add: AddValue<'_>) {
    if !items.is_empty() {
        add(column, items.into());
    }
}

/// A number among the weather is the visibility. Of several, the first counts and the others stay text.
fn add_weather(raw: &str, add: AddValue<'_>) {
    let (mut weather, mut visibility) = (Vec::new(), None);
    for item in values::split(raw) {
        match values::number(item) {
            Some(number) if visibility.is_none() => visibility = Some(number),
            _ => weather.push(item),
        }
    }
    add_list("weather", weather, add);
    if let Some(number) = visibility {
        add("visibility_sm", number);
    }
}

fn add_experience(raw: &str, add: AddValue<'_>) -> Vec<String> {
    let (numbers, rest) = values::labelled_numbers(raw);
    for (label, column) in HOURS {
        if let Some(hours) = numbers.get(label) {
            add(column, hours.clone());
        }
    }
    if !numbers.is_empty() {
        add("experience", numbers.into());
    }
    rest
}

fn add_miss_distance(raw: &str, add: AddValue<'_>) -> Vec<String> {
    let (mut numbers, mut rest) = values::labelled_numbers(raw);
    for (label, column) in [("Horizontal", "miss_horizontal_ft"), ("Vertical", "miss_vertical_ft")]
    {
        if let Some(feet) = numbers.remove(label) {
            add(column, feet);
        }
    }
    rest.extend(numbers.iter().map(|(label, number)| format!("{label} {number}")));
    rest
}
