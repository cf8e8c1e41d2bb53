//! Converts the aircraft of a case and their engines.

use super::field::{Conversion::*, Field, YES_NO, columns as all_columns, field, list};
use super::{Case, ConversionNotes, EmitRow, answer_codes::DESTINATION, meanings::*};
use std::borrow::Cow;

const HEAD: &[&str] = &["ev_id", "aircraft_key", "ntsb_no"];
const ENGINE_HEAD: &[&str] = &["ev_id", "aircraft_key"];
const TAIL: &[&str] = &["lchg_date"];

#[rustfmt::skip] // one column per line
pub(super) const FIELDS: &[Field] = &[
    field("regis_no", &["/registrationNumber", "/aircraftRegistrationNumber"], AsIs),
    field("acft_missing", &["/aircraftMissing"], YES_NO),
    field("far_part", &["/regulationFlightConductedUnder", "/ownerOperators/0/regulationFlightConductedUnder"], Code(REGULATION)),
    field("flt_plan_filed", &["/itinerary/0/flightPlan"], Code(FLIGHT_PLAN)),
    field("damage", &["/DamageLevel", "/aircraftAccidents/0/damageLevel"], Code(DAMAGE)),
    field("acft_fire", &["/FireType", "/aircraftAccidents/0/fireType"], Code(FIRE)),
    field("acft_expl", &["/ExplosionType", "/aircraftAccidents/0/explosionType"], Code(FIRE)),
    field("acft_make", &["/make", "/aircraftMake", "/aircraftManufacturer"], AsIs),
    field("acft_model", &["/model", "/aircraftModel"], AsIs),
    field("acft_series", &["/aircraftSeries"], AsIs),
    field("acft_serial_no", &["/SerialNumber", "/aircraftSerialNumber"], AsIs),
    field("cert_max_gr_wt", &["/aircraftMaxGrossWeight"], AsIs),
    field("acft_category", &["/aircraftCategory"], Code(CATEGORY)),
    field("homebuilt", &["/amateurBuilt", "/aircraftAmateurBuilt"], YES_NO),
    field("fc_seats", &["/aircraftFlightCrewSeats"], AsIs),
    field("cc_seats", &["/aircraftCabinCrewSeats"], AsIs),
    field("pax_seats", &["/aircraftPassengerSeats"], AsIs),
    field("total_seats", &["/aircraftNumberOfSeats"], AsIs),
    field("num_eng", &["/numberOfEngines", "/aircraftNumberOfEngines"], AsIs),
    field("fixed_retractable", &["/aircraftRetractableLandingGear"], Flag("RETR", "FIXD")),
    field("type_last_insp", &["/aircraftLastInspectionType"], Code(INSPECTION)),
    field("date_last_insp", &["/aircraftLastInspectionDate"], AsIs),
    field("afm_hrs_last_insp", &["/aircraftFromLastInspectionHours"], AsIs),
    field("afm_hrs", &["/airframeTotalTimeHours"], AsIs),
    field("afm_hrs_since", &["/aircraftAtTimeOfAccident"], YES_NO),
    field("elt_install", &["/aircraftEltInstalled"], YES_NO),
    field("elt_oper", &["/aircraftEltActivated"], YES_NO),
    field("elt_aided_loc_ev", &["/aircraftEltAidedLocatingAccident"], YES_NO),
    field("elt_type", &["/aircraftElttsoNumber"], AsIs),
    field("owner_acft", &["/registeredOwner", "/ownerOperators/0/registeredOwner"], AsIs),
    field("owner_city", &["/ownerOperators/0/ownerCity"], AsIs),
    field("owner_state", &["/ownerOperators/0/ownerStateOrRegion"], AsIs),
    field("owner_country", &["/ownerOperators/0/ownerCountry"], AsIs),
    field("oper_name", &["/operatorName", "/ownerOperators/0/operatorName"], AsIs),
    field("oper_dba", &["/ownerOperators/0/operatorDoingBusinessAs"], AsIs),
    field("oper_city", &["/ownerOperators/0/operatorCity"], AsIs),
    field("oper_state", &["/ownerOperators/0/operatorStateOrRegion"], AsIs),
    field("oper_country", &["/ownerOperators/0/operatorCountry"], AsIs),
    field("oper_code", &["/ownerOperators/0/operatorDesignatorCode"], AsIs),
    field("oper_sched", &["/flightScheduledType", "/ownerOperators/0/flightScheduledType"], Code(SCHEDULE)),
    field("oper_dom_int", &["/flightTerminalType", "/ownerOperators/0/flightTerminalType"], Code(TERMINAL)),
    field("oper_pax_cargo", &["/flightServiceType", "/ownerOperators/0/flightServiceType"], Code(SERVICE)),
    field("type_fly", &["/flightOperationType", "/ownerOperators/0/flightOperationType"], Code(PURPOSE)),
    field("second_pilot", &["/secondPilotPresent", "/ownerOperators/0/secondPilotPresent"], YES_NO),
    field("dprt_apt_id", &["/itinerary/0/departureAirportId"], AsIs),
    field("dprt_city", &["/itinerary/0/departureCity"], AsIs),
    field("dprt_state", &["/itinerary/0/departureStateOrRegion"], AsIs),
    field("dprt_country", &["/itinerary/0/departureCountry"], AsIs),
    // In UTC, as in Access files since 2020.
    field("dprt_time", &["/itinerary/0/departureTimeUtc"], Time),
    field("dest_same_local", &["/itinerary/0/destination"], Code(DESTINATION)),
    field("dest_apt_id", &["/itinerary/0/destinationAirportId"], AsIs),
    field("dest_city", &["/itinerary/0/destinationCity"], AsIs),
    field("dest_state", &["/itinerary/0/destinationStateOrRegion"], AsIs),
    field("dest_country", &["/itinerary/0/destinationCountry"], AsIs),
    field("rwy_num", &["/airports/0/airportRunwayId"], AsIs),
    field("rwy_len", &["/airports/0/airportRunwayLengthFt"], AsIs),
    field("rwy_width", &["/airports/0/airportRunwayWidthFt"], AsIs),
    field("site_seeing", &["/revenueSightseeing", "/ownerOperators/0/revenueSightseeing"], YES_NO),
    field("air_medical", &["/airMedical", "/ownerOperators/0/airMedical"], YES_NO),
    field("med_type_flight", &["/airMedicalType", "/ownerOperators/0/airMedicalType"], Code(AIR_MEDICAL)),
    field("acft_year", &["/yearOfManufacture"], AsIs),
    field("fuel_on_board", &["/aircraftFuelOnBoard"], AsIs),
    field("certs_held", &["/ownerOperators/0/hasOperatingCertificates"], YES_NO),
    field("commercial_space_flight", &["/aircraftCommercialSpaceFlight"], Flag("1", "0")),
    field("unmanned", &["/aircraftUnmanned"], Flag("1", "0")),
    field("ifr_equipped_cert", &["/aircraftIfrEquippedAndCertified"], Flag("1", "0")),
    field("elt_mounted_aircraft", &["/aircraftEltStillMounted"], Flag("1", "0")),
    field("elt_connected_antenna", &["/aircraftEltConnectedAntenna"], Flag("1", "0")),
    field("elt_manufacturer", &["/aircraftEltManufacturer"], AsIs),
    field("elt_model", &["/aircraftEltModelPart"], AsIs),
    field("elt_reason_other", &["/aircraftEltReasonOther"], AsIs),
];

#[rustfmt::skip] // one column per line
pub(super) const ENGINE_FIELDS: &[Field] = &[
    field("eng_no", &["/engineNumbers", "/cm_engineNum"], AsIs),
    field("eng_type", &["/engineType"], Code(ENGINE)),
    field("eng_mfgr", &["/engineManufacturer"], AsIs),
    field("eng_model", &["/engineModelSeries"], AsIs),
    field("power_units", &["/engineRatedPower"], AsIs),
    field("hp_or_lbs", &["/engineRatedPowerType"], Code(POWER)),
    field("carb_fuel_injection", &["/engineFuelSystem"], Code(FUEL_SYSTEM)),
    field("propeller_type", &["/enginePropellerType"], Code(PROPELLER)),
    field("propeller_make", &["/enginePropellerMake"], AsIs),
    field("propeller_model", &["/enginePropellerModel"], AsIs),
    field("eng_time_total", &["/engineTotalTime"], AsIs),
    field("eng_time_last_insp", &["/engineFromLastInspectionHours"], AsIs),
];

pub fn columns() -> Vec<&'static str> {
    all_columns(HEAD, FIELDS, TAIL)
}

pub fn engine_columns() -> Vec<&'static str> {
    all_columns(ENGINE_HEAD, ENGINE_FIELDS, TAIL)
}

pub fn convert<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    let has_several = case.aircraft().count() > 1;
    for (at, (key, aircraft)) in case.aircraft().enumerate() {
        let mut cells = vec![case.ev_id.clone(), key, aircraft_no(case, has_several.then_some(at))];
        cells.extend(FIELDS.iter().map(|field| field.cell("aircraft", aircraft, notes)));
        cells.push(case.changed.clone());
        emit(&cells);
    }
}

/// The case number, with a letter (A, B, C) appended if several aircraft are involved.
fn aircraft_no<'a>(case: &Case<'a>, at: Option<usize>) -> Option<Cow<'a, str>> {
    let number = case.ntsb_no.clone()?;
    let letter = at.and_then(|at| (b'A'..=b'Z').nth(at)).map(char::from);
    Some(letter.map_or(number.clone(), |letter| Cow::Owned(format!("{number}{letter}"))))
}

pub fn convert_engines<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        for engine in list(aircraft, &["/engines", "/cm_engines"]) {
            let mut cells = vec![case.ev_id.clone(), key.clone()];
            cells.extend(ENGINE_FIELDS.iter().map(|field| field.cell("engines", engine, notes)));
            cells.push(case.changed.clone());
            emit(&cells);
        }
    }
}
