//! The kinds of dirt. Usual shares are those counted on real rows where anything was counted.

use super::{Bed, Fate, Group, numbers, place, reject, text};
use ntsb_schema::clean::DefectKind;

#[derive(Clone, Copy)]
pub struct Kind {
    /// The name under which it is asked for and listed.
    pub name: &'static str,
    pub fate: Fate,
    /// Usual share of the events that offer a place, in parts of a million.
    pub share: u32,
    /// What cleaning reports of each planted cell, if cleaning by itself can know.
    pub defect_kind: Option<DefectKind>,
    /// The rules of which one must find it.
    pub rules: &'static [&'static str],
    pub about: &'static str,
    pub(super) group: Group,
    pub(super) plant: fn(&mut Bed) -> bool,
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str(self.name)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        self.name == other.name
    }
}

impl Eq for Kind {}

const fn kind(
    name: &'static str,
    fate: Fate,
    share: u32,
    group: Group,
    plant: fn(&mut Bed) -> bool,
    about: &'static str,
) -> Kind {
    Kind { name, fate, share, defect_kind: None, rules: &[], about, group, plant }
}

impl Kind {
    const fn reported_as(self, defect_kind: DefectKind) -> Kind {
        Kind { defect_kind: Some(defect_kind), ..self }
    }

    const fn found_by(self, rules: &'static [&'static str]) -> Kind {
        Kind { rules, ..self }
    }
}

use DefectKind::*;
use Fate::*;

/// Every kind; those that cost a row come first, and of a group the rarest.
#[rustfmt::skip] // one line a kind
pub const KINDS: &[Kind] = &[
    kind("ev_id_malformed", Reject, 200, Group::Row, reject::malformed, "all rows of the event hold an identifier of a wrong form").reported_as(NotAnEvId).found_by(&["schema.not_an_ev_id"]),
    kind("ev_id_missing", Reject, 100, Group::Row, reject::missing, "all rows of the event hold no identifier").found_by(&["schema.key_missing"]),
    kind("date_in_future", Reject, 300, Group::Row, reject::future, "ev_date is 20 to 60 years after the file").found_by(&["events.date_in_future"]),
    kind("date_before_1962", Reject, 200, Group::Row, reject::past, "ev_date is 1901 to 1961").found_by(&["events.date_before_1962"]),
    kind("duplicate_event", Duplicate, 300, Group::Row, reject::duplicate, "the row of events comes twice, the second time written a day earlier").found_by(&["schema.duplicate_key"]),
    kind("orphan_aircraft", Reject, 200, Group::Row, reject::orphan_aircraft, "an aircraft of no event").found_by(&["schema.orphan"]),
    kind("orphan_crew", Reject, 200, Group::Row, reject::orphan_crew, "a crew member of no event").found_by(&["schema.orphan"]),
    kind("orphan_finding", Reject, 200, Group::Row, reject::orphan_finding, "a finding of no event (Findings, before 2008 seq_of_events)").found_by(&["schema.orphan"]),
    kind("key_part_missing", Reject, 200, Group::Row, reject::key_part, "a row of flight_time, dt_aircraft or dt_Flight_Crew lacks a part of its key").found_by(&["schema.key_missing"]),
    kind("lat_out_of_range", Drop, 500, Group::Place, place::out_of_range, "dec_latitude is above 90; domestic rows written before 2020, whose text still tells the place").reported_as(OutOfRange).found_by(&["events.latitude_range"]),
    kind("lon_sign_lost", Repair, 2_000, Group::Place, place::sign_lost, "dec_longitude of a domestic event lacks its sign").reported_as(SignRestored),
    kind("swapped_coordinates", Repair, 500, Group::Place, place::swapped, "dec_latitude and dec_longitude of a domestic event are exchanged").reported_as(Swapped),
    kind("dms_in_decimal", Repair, 200, Group::Place, place::packed, "degrees, minutes and seconds in the decimal columns (41370104)").reported_as(DmsInDecimal),
    kind("null_island", Drop, 500, Group::Place, place::null_island, "all four coordinates are zero").reported_as(NullIsland),
    kind("dms_blank", Repair, 93_000, Group::Place, place::blank, "7 and 8 blanks for coordinates that are not known").reported_as(Padding),
    kind("dms_lower", Repair, 500, Group::Place, place::lower, "hemispheres in lower case").reported_as(CaseCorrected),
    kind("dms_unpadded", Repair, 1_000_000, Group::Place, place::unpadded, "parts joined without padding and padded on the left; rows written since 2020 where it shows").reported_as(CoordinateRepaired),
    kind("altimeter_point_lost", Repair, 5_000, Group::Altimeter, numbers::point_lost, "2992 for 29.92").reported_as(PointLost),
    kind("altimeter_zero", Drop, 900_000, Group::Altimeter, numbers::altimeter_zero, "0 where nothing is known; rows written since 2020").reported_as(ZeroForNull),
    kind("time_2400", Repair, 200, Group::Time, numbers::midnight, "ev_time is 2400").reported_as(Midnight2400),
    kind("time_9999", Drop, 200, Group::Time, numbers::no_time, "ev_time is 9999").reported_as(NotATime).found_by(&["schema.not_a_time"]),
    kind("year_wrong", Repair, 300, Group::Calendar, numbers::year, "ev_year is not that of ev_date").reported_as(YearCorrected),
    kind("dow_upper_case", Repair, 10_000, Group::Weekday, text::weekday, "WE for We").reported_as(CaseCorrected),
    kind("injury_sum_wrong", Flag, 1_000, Group::Injury, numbers::injury_sum, "inj_tot_t is right by neither rule").found_by(&["events.injury_sum"]),
    kind("injury_code_unknown", Flag, 500, Group::Injury, text::injury_code, "ev_highest_injury of an event without injury is no code").found_by(&["events.injury_code"]),
    kind("fatal_without_fatl", Flag, 1_200, Group::Injury, text::fatal_without, "people were killed and ev_highest_injury is null").found_by(&["events.deaths_not_fatal"]),
    kind("wind_dir_out_of_range", Drop, 300, Group::Wind, numbers::wind, "wind_dir_deg is above 360").found_by(&["events.direction_high"]),
    kind("crew_age_bad", Drop, 2_000, Group::Crew, numbers::age, "crew_age is 1 to 13 or 96 to 215").found_by(&["flight_crew.age_low", "flight_crew.age_high"]),
    kind("medical_after_event", Flag, 10_000, Group::Medical, numbers::medical, "date_lst_med is 20 to 400 days after ev_date").found_by(&["flight_crew.medical_after_event"]),
    kind("zero_for_null", Drop, 1_000_000, Group::Engine, numbers::engine_zero, "engine hours are 0 where nothing is known").reported_as(ZeroForNull),
    kind("unknown_word", Drop, 20_000, Group::Word, text::unknown, "UNK, Unk, N/A or UNREG for null").reported_as(UnknownWord),
    kind("padding", Repair, 20_000, Group::Padding, text::padding, "blanks behind a city, a login or a code").reported_as(Padding),
    kind("lower_case_make", Fold, 140_000, Group::Make, text::make, "Cessna for CESSNA"),
    kind("xml_entity", Repair, 2_000, Group::Prose, text::entity, "&#x0D; or &amp; in a narrative").reported_as(XmlEntity),
    kind("control_character", Repair, 1_000, Group::Prose, text::control, "0x1E in a narrative").reported_as(ControlCharacter),
    kind("lost_character", Flag, 1_000, Group::Prose, text::lost, "U+FFFD in a narrative").reported_as(LostCharacter),
];
