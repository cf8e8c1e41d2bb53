//! Converts the crew and their hours, which only the richer form contains.

use super::field::{Conversion::*, Field, YES_NO, columns as all_columns, field, list};
use super::{Case, ConversionNotes, EmitRow, answer_codes::CHILD_RESTRAINT, meanings::*};

const HEAD: &[&str] = &["ev_id", "aircraft_key"];
const HOURS_HEAD: &[&str] = &["ev_id", "aircraft_key", "crew_no"];
const TAIL: &[&str] = &["lchg_date"];
const CREW_NO: Field = field("crew_no", &["/crewOccupantNumber"], AsIs);

#[rustfmt::skip] // one column per line
pub(super) const FIELDS: &[Field] = &[
    CREW_NO,
    field("crew_category", &["/crewCategory"], Code(CREW)),
    field("crew_age", &["/age"], AsIs),
    field("crew_sex", &["/sex"], Code(SEX)),
    field("med_certf", &["/medicalCertificate"], Code(MEDICAL)),
    field("med_crtf_vldty", &["/medicalCertificateStatus"], Code(VALIDITY)),
    field("crew_inj_level", &["/injuryLevel"], Code(INJURY)),
    field("crew_tox_perf", &["/toxicologyPerformed"], YES_NO),
    field("seat_occ_pic", &["/seatOccupied"], Code(SEAT)),
    field("pc_profession", &["/occupationalPilot"], Code(PROFESSION)),
    field("bfr_date", &["/dateOfLastFlightReview"], AsIs),
    field("ft_as_of", &["/flightTimeSummary/0/flightTimesAsofDate"], AsIs),
    field("seat_occ_row", &["/rowNumber"], AsIs),
    field("med_crtf_limit", &["/medicalCertLimitations"], AsIs),
    field("mr_faa_med_certf", &["/mostRecentFaaMedicalCertificate"], Code(MEDICAL)),
    field("pilot_flying", &["/pilotFlying"], Flag("1", "0")),
    field("available_restraint", &["/availableRestraintType"], Code(RESTRAINT)),
    field("infl_rest_inst", &["/inflatableRestraintInstalled"], Code(YES_NO_NA)),
    field("infl_rest_depl", &["/inflatableRestraintDeployed"], Code(YES_NO_NA)),
    field("child_restraint", &["/childRestraint"], Code(CHILD_RESTRAINT)),
    field("restraint_used", &["/restraintUsed"], Code(RESTRAINT)),
];

#[rustfmt::skip] // one column per line
pub(super) const HOURS_FIELDS: &[Field] = &[
    field("flight_type", &["/flightTimeType"], Code(FLIGHT_TYPE)),
    field("flight_craft", &["/flightTimeCraft"], Code(FLIGHT_CRAFT)),
    field("flight_hours", &["/flightHours"], AsIs),
];

pub fn columns() -> Vec<&'static str> {
    all_columns(HEAD, FIELDS, TAIL)
}

pub fn hours_columns() -> Vec<&'static str> {
    all_columns(HOURS_HEAD, HOURS_FIELDS, TAIL)
}

pub fn convert<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        for person in list(aircraft, &["/crewAndOccupants"]) {
            let mut cells = vec![case.ev_id.clone(), key.clone()];
            cells.extend(FIELDS.iter().map(|field| field.cell("flight_crew", person, notes)));
            cells.push(case.changed.clone());
            emit(&cells);
        }
    }
}

/// Converts flight hours. Hours whose type or craft has no code are dropped, because both are part of
/// the key.
pub fn convert_hours<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        for person in list(aircraft, &["/crewAndOccupants"]) {
            for hours in list(person, &["/pilotsFlightTimeMatrix"]) {
                let crew_no = CREW_NO.cell("flight_time", person, notes);
                let mut cells = vec![case.ev_id.clone(), key.clone(), crew_no];
                cells.extend(HOURS_FIELDS.iter().map(|f| f.cell("flight_time", hours, notes)));
                cells.push(case.changed.clone());
                if let [_, _, _, Some(_), Some(_), ..] = cells.as_slice() {
                    emit(&cells);
                }
            }
        }
    }
}
