//! The defects. Default shares were counted in real files where possible.

use super::{ExpectedOutcome, Group, Injector, coordinates, numbers, reject, text};
use ntsb_schema::clean::DefectKind;

/// A defect that can be injected.
#[derive(Clone, Copy)]
pub struct Defect {
    /// The name on the command line and in the manifest.
    pub name: &'static str,
    /// What a load should do with it.
    pub expected: ExpectedOutcome,
    /// The default share of the eligible events, in parts per million.
    pub default_share: u32,
    /// What cleaning reports for each defective cell. `None` if cleaning alone cannot detect it.
    pub reported_kind: Option<DefectKind>,
    /// The rules that can detect it. At least one must.
    pub rules: &'static [&'static str],
    /// A description for the help text.
    pub description: &'static str,
    pub(super) group: Group,
    /// Injects the defect. Returns false if the event is not eligible.
    pub(super) inject: fn(&mut Injector) -> bool,
}

impl std::fmt::Debug for Defect {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str(self.name)
    }
}

impl PartialEq for Defect {
    fn eq(&self, other: &Defect) -> bool {
        self.name == other.name
    }
}

impl Eq for Defect {}

const fn defect(
    name: &'static str,
    expected: ExpectedOutcome,
    default_share: u32,
    group: Group,
    inject: fn(&mut Injector) -> bool,
    description: &'static str,
) -> Defect {
    Defect {
        name,
        expected,
        default_share,
        reported_kind: None,
        rules: &[],
        description,
        group,
        inject,
    }
}

impl Defect {
    const fn reported_as(self, kind: DefectKind) -> Defect {
        Defect { reported_kind: Some(kind), ..self }
    }

    const fn detected_by(self, rules: &'static [&'static str]) -> Defect {
        Defect { rules, ..self }
    }
}

use DefectKind::*;
use ExpectedOutcome::*;

/// All defects. Those that reject a row come first, and the rarest first within a group.
#[rustfmt::skip] // one line per defect
pub const DEFECTS: &[Defect] = &[
    defect("ev_id_malformed", Reject, 200, Group::Row, reject::malform_ev_id, "all rows of the event have a malformed ev_id").reported_as(NotAnEvId).detected_by(&["schema.not_an_ev_id"]),
    defect("ev_id_missing", Reject, 100, Group::Row, reject::remove_ev_id, "all rows of the event have no ev_id").detected_by(&["schema.key_missing"]),
    defect("date_in_future", Reject, 300, Group::Row, reject::move_to_future, "ev_date is 20 to 60 years after the date of the file").detected_by(&["events.date_in_future"]),
    defect("date_before_1962", Reject, 200, Group::Row, reject::move_to_past, "ev_date is in 1901 to 1961").detected_by(&["events.date_before_1962"]),
    defect("duplicate_event", Duplicate, 300, Group::Row, reject::duplicate_event, "the events row is duplicated; the copy was changed a day earlier").detected_by(&["schema.duplicate_key"]),
    defect("orphan_aircraft", Reject, 200, Group::Row, reject::orphan_aircraft, "an aircraft row without an event").detected_by(&["schema.orphan"]),
    defect("orphan_crew", Reject, 200, Group::Row, reject::orphan_crew, "a crew row without an event").detected_by(&["schema.orphan"]),
    defect("orphan_finding", Reject, 200, Group::Row, reject::orphan_finding, "a finding without an event (Findings, before 2008 seq_of_events)").detected_by(&["schema.orphan"]),
    defect("key_part_missing", Reject, 200, Group::Row, reject::remove_key_part, "a row of flight_time, dt_aircraft or dt_Flight_Crew has a null key column").detected_by(&["schema.key_missing"]),
    defect("lat_out_of_range", Drop, 500, Group::Coordinates, coordinates::set_out_of_range, "dec_latitude is above 90 (domestic rows written before 2020, which have the coordinates as text too)").reported_as(OutOfRange).detected_by(&["events.latitude_range"]),
    defect("lon_sign_lost", Repair, 2_000, Group::Coordinates, coordinates::drop_sign, "dec_longitude of a domestic event has lost its sign").reported_as(SignRestored),
    defect("swapped_coordinates", Repair, 500, Group::Coordinates, coordinates::swap, "dec_latitude and dec_longitude of a domestic event are swapped").reported_as(Swapped),
    defect("dms_in_decimal", Repair, 200, Group::Coordinates, coordinates::pack_dms, "degrees, minutes and seconds in the decimal columns (41370104)").reported_as(DmsInDecimal),
    defect("null_island", Drop, 500, Group::Coordinates, coordinates::set_null_island, "all four coordinate columns are zero").reported_as(NullIsland),
    defect("dms_blank", Repair, 93_000, Group::Coordinates, coordinates::blank_text, "7 and 8 spaces for unknown coordinates").reported_as(Padding),
    defect("dms_lower", Repair, 500, Group::Coordinates, coordinates::lowercase_hemispheres, "hemisphere letters in lower case").reported_as(CaseCorrected),
    defect("dms_unpadded", Repair, 1_000_000, Group::Coordinates, coordinates::drop_padding, "degrees, minutes and seconds joined without padding, then padded on the left (rows written since 2020)").reported_as(CoordinateRepaired),
    defect("altimeter_point_lost", Repair, 5_000, Group::Altimeter, numbers::drop_altimeter_point, "2992 for 29.92").reported_as(PointLost),
    defect("altimeter_zero", Drop, 900_000, Group::Altimeter, numbers::zero_altimeter, "0 for an unknown altimeter setting (rows written since 2020)").reported_as(ZeroForNull),
    defect("time_2400", Repair, 200, Group::Time, numbers::set_midnight, "ev_time is 2400").reported_as(Midnight2400),
    defect("time_9999", Drop, 200, Group::Time, numbers::set_invalid_time, "ev_time is 9999").reported_as(NotATime).detected_by(&["schema.not_a_time"]),
    defect("year_wrong", Repair, 300, Group::Calendar, numbers::change_year, "ev_year differs from the year of ev_date").reported_as(YearCorrected),
    defect("dow_upper_case", Repair, 10_000, Group::Weekday, text::uppercase_weekday, "WE for We").reported_as(CaseCorrected),
    defect("injury_sum_wrong", Flag, 1_000, Group::Injury, numbers::change_injury_total, "inj_tot_t is not the total, with or without the uninjured").detected_by(&["events.injury_sum"]),
    defect("injury_code_unknown", Flag, 500, Group::Injury, text::set_unknown_injury, "ev_highest_injury of an event without injuries is not a code").detected_by(&["events.injury_code"]),
    defect("fatal_without_fatl", Flag, 1_200, Group::Injury, text::clear_fatal_injury, "ev_highest_injury of a fatal event is null").detected_by(&["events.deaths_not_fatal"]),
    defect("wind_dir_out_of_range", Drop, 300, Group::Wind, numbers::set_invalid_wind, "wind_dir_deg is above 360").detected_by(&["events.direction_high"]),
    defect("crew_age_bad", Drop, 2_000, Group::Crew, numbers::set_invalid_age, "crew_age is 1 to 13 or 96 to 215").detected_by(&["flight_crew.age_low", "flight_crew.age_high"]),
    defect("medical_after_event", Flag, 10_000, Group::Medical, numbers::move_medical_after_event, "date_lst_med is 20 to 400 days after ev_date").detected_by(&["flight_crew.medical_after_event"]),
    defect("zero_for_null", Drop, 1_000_000, Group::Engine, numbers::zero_engine_hours, "0 for unknown engine hours").reported_as(ZeroForNull),
    defect("unknown_word", Drop, 20_000, Group::UnknownWord, text::write_unknown_word, "UNK, Unk, N/A or UNREG for null").reported_as(UnknownWord),
    defect("padding", Repair, 20_000, Group::Padding, text::pad_code, "trailing spaces in a city, a login or a code").reported_as(Padding),
    defect("lower_case_make", Fold, 140_000, Group::Make, text::lowercase_make, "Cessna for CESSNA"),
    defect("xml_entity", Repair, 2_000, Group::Narrative, text::insert_entity, "&#x0D; or &amp; in a narrative").reported_as(XmlEntity),
    defect("control_character", Repair, 1_000, Group::Narrative, text::insert_control_character, "0x1E in a narrative").reported_as(ControlCharacter),
    defect("lost_character", Flag, 1_000, Group::Narrative, text::insert_lost_character, "U+FFFD in a narrative").reported_as(LostCharacter),
];
