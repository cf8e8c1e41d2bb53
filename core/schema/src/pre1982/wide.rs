//! The wide tables of `PRE1982.MDB`, and the columns that are stored unchanged in `legacy_event`.

use super::{Cell, EmitRow, FileIndex, Lookup, ev_id_cell};
use crate::tables::{Access, Clean, Column, Kind, Table};
use std::borrow::Cow;

/// The columns of `tblFirstHalf`, in the order of the file.
#[rustfmt::skip]
const FIRST_HALF_NAMES: [&str; 203] = [
    "recnum", "trans_date", "docket_no", "regist_no", "date_occurrence", "locat_near", "location",
    "acft_make", "acft_model", "second_acft_regno", "time_occur", "acc_inc_class",
    "locat_state_terr", "acft_make_code", "acft_model_code", "engin_make", "engin_model",
    "type_craft", "landing_gear", "wgt_cat", "no_engines", "type_power", "acft_adamg",
    "fire_aftr_impt", "fuel_type", "type_operator", "kind_fly_gena", "name_comm_carr",
    "operation_type", "accident_type1", "operation_phase1", "accident_type2", "operation_phase2",
    "alt_of_occ", "recv_alt", "aircraft_speed", "operator", "forced_landing", "emergency",
    "recov_loss", "oxy_systm", "paraachute", "light_cond", "type_weathr", "wethr_brief",
    "wethr_forcast", "flight_plan", "instrm_approh", "air_equt_inst_flt", "airpt_proix",
    "airpt_acc_dirt", "lat_dist", "airport_class", "airport_name", "elev_airpt", "runwy_comp",
    "runwy_cond", "runwy_lite", "runwy_hazz", "runwy_barr", "tower_unicom", "runway_ln",
    "depart_pt", "lastpln_depart", "inten_destin", "gndele_accsite", "terrain_typ", "miss_aircft",
    "airspace_seg", "pilot_involed1", "pilot_involed2", "hours_total_pilot1", "hours_total_pilot2",
    "hours_in_type_pilot1", "hours_in_type_pilot2", "age_pilot1", "age_pilot2",
    "medical_cert_pilot1", "medical_cert_pilot2", "rating_1", "rating_2", "rated_aircraft_1",
    "rated_aircraft_2", "certificate_pilot1", "certificate_pilot2", "occupation_1", "occupation_2",
    "at_controls", "cause_factor_1p", "cause_factor_1m", "cause_factor_1s", "cause_factor_2p",
    "cause_factor_2m", "cause_factor_2s", "cause_factor_3p", "cause_factor_3m", "cause_factor_3s",
    "cause_factor_4p", "cause_factor_4m", "cause_factor_4s", "cause_factor_5p", "cause_factor_5m",
    "cause_factor_5s", "cause_factor_6p", "cause_factor_6m", "cause_factor_6s", "cause_factor_7p",
    "cause_factor_7m", "cause_factor_7s", "cause_factor_8p", "cause_factor_8m", "cause_factor_8s",
    "cause_factor_9p", "cause_factor_9m", "cause_factor_9s", "cause_factor_10p",
    "cause_factor_10m", "cause_factor_10s", "injury_index", "pilot_fatal", "pilot_serious",
    "pilot_minor", "pilot_none", "pilot_unknown", "pilot_totals", "co_pilot_fatal",
    "co_pilot_serious", "co_pilot_minor", "co_pilot_none", "co_pilot_unknown", "co_pilot_totals",
    "dual_student_fatal", "dual_student_serious", "dual_student_minor", "dual_student_none",
    "dual_student_unknown", "dual_student_totals", "hull_loss", "chk_pilot_fatal",
    "chk_pilot_serious", "chk_pilot_minor", "chk_pilot_none", "chk_pilot_unknown",
    "chk_pilot_totals", "flt_engn_fatal", "flt_engn_serious", "flt_engn_minor", "flt_engn_none",
    "flt_engn_unknown", "flt_engn_totals", "navigtr_fatal", "navigtr_serious", "navigtr_minor",
    "navigtr_none", "navigtr_unknown", "navigtr_totals", "cabin_attn_fatal", "cabin_attn_serious",
    "cabin_attn_minor", "cabin_attn_none", "cabin_attn_unknown", "cabin_attn_totals",
    "extra_crew_fatal", "extra_crew_serious", "extra_crew_minor", "extra_crew_none",
    "extra_crew_unknown", "extra_crew_totals", "passengers_fatal", "passengers_serious",
    "passengers_minor", "passengers_none", "passengers_unknown", "passengers_totals",
    "total_abrd_fatal", "total_abrd_serious", "total_abrd_minor", "total_abrd_none",
    "total_abrd_unknown", "total_abrd_totals", "other_airc_fatal", "other_airc_serious",
    "other_airc_minor", "other_airc_none", "other_airc_unknown", "other_airc_totals",
    "other_grnd_fatal", "other_grnd_serious", "other_grnd_minor", "other_grnd_none",
    "other_grnd_unknown", "other_xxxx_totals", "bi_fligt_rev", "recency_expr", "comm_plt_prof",
    "runway_used", "grand_total_fatal", "grand_total_serious", "grand_total_minor",
    "grand_total_none", "grand_total_unknown", "grand_total_totals", "faa_persnl_fatal",
];

/// The known columns of `tblSecondHalf`. It has about 200, of which no list is available.
const SECOND_HALF_NAMES: [&str; 3] = ["recnum", "remarks", "cause"];

const FIRST_HALF_COLUMNS: &[Column] = &text_columns(FIRST_HALF_NAMES);
const SECOND_HALF_COLUMNS: &[Column] = &text_columns(SECOND_HALF_NAMES);

/// The table `tblFirstHalf`.
pub const FIRST_HALF: Table = source_table("tblfirsthalf", FIRST_HALF_COLUMNS);
/// The table `tblSecondHalf`.
pub const SECOND_HALF: Table = source_table("tblsecondhalf", SECOND_HALF_COLUMNS);

/// The columns of `legacy_event`: all that are not stored completely in other tables.
#[rustfmt::skip]
pub const LEGACY_EVENT_COLUMNS: &[&str] = &[
    "ev_id", "recnum", "trans_date", "docket_no", "locat_near", "location", "second_acft_regno",
    "acc_inc_class", "locat_state_terr", "acft_make_code", "acft_model_code", "engin_make",
    "engin_model", "type_craft", "landing_gear", "wgt_cat", "no_engines", "type_power",
    "acft_adamg", "fire_aftr_impt", "fuel_type", "type_operator", "kind_fly_gena",
    "name_comm_carr", "operation_type", "accident_type1", "operation_phase1", "accident_type2",
    "operation_phase2", "alt_of_occ", "recv_alt", "aircraft_speed", "operator", "forced_landing",
    "emergency", "recov_loss", "oxy_systm", "paraachute", "light_cond", "type_weathr",
    "wethr_brief", "wethr_forcast", "flight_plan", "instrm_approh", "air_equt_inst_flt",
    "airpt_proix", "airpt_acc_dirt", "lat_dist", "airport_class", "elev_airpt", "runwy_comp",
    "runwy_cond", "runwy_lite", "runwy_hazz", "runwy_barr", "tower_unicom", "runway_ln",
    "depart_pt", "lastpln_depart", "inten_destin", "gndele_accsite", "terrain_typ", "miss_aircft",
    "airspace_seg", "pilot_involed1", "pilot_involed2", "hours_total_pilot1", "hours_total_pilot2",
    "hours_in_type_pilot1", "hours_in_type_pilot2", "age_pilot1", "age_pilot2",
    "medical_cert_pilot1", "medical_cert_pilot2", "rating_1", "rating_2", "rated_aircraft_1",
    "rated_aircraft_2", "certificate_pilot1", "certificate_pilot2", "occupation_1", "occupation_2",
    "at_controls", "injury_index", "pilot_unknown", "co_pilot_unknown", "dual_student_unknown",
    "hull_loss", "chk_pilot_unknown", "flt_engn_unknown", "navigtr_fatal", "navigtr_serious",
    "navigtr_minor", "navigtr_none", "navigtr_unknown", "navigtr_totals", "cabin_attn_unknown",
    "extra_crew_fatal", "extra_crew_serious", "extra_crew_minor", "extra_crew_none",
    "extra_crew_unknown", "extra_crew_totals", "passengers_unknown", "total_abrd_unknown",
    "other_airc_fatal", "other_airc_serious", "other_airc_minor", "other_airc_none",
    "other_airc_unknown", "other_airc_totals", "other_grnd_none", "other_grnd_unknown",
    "other_xxxx_totals", "bi_fligt_rev", "recency_expr", "comm_plt_prof", "runway_used",
    "grand_total_unknown", "grand_total_totals", "faa_persnl_fatal",
];

pub fn convert<'a>(row: Lookup<'_, 'a>, _: &FileIndex, emit: EmitRow<'_, 'a>) {
    let columns = LEGACY_EVENT_COLUMNS.iter().skip(1).map(|column| row(column).map(Cow::Borrowed));
    let cells: Vec<Cell> = std::iter::once(ev_id_cell(row)).chain(columns).collect();
    emit(&cells);
}

const fn source_table(name: &'static str, columns: &'static [Column]) -> Table {
    let (kind, key) = (Kind::Case, &["recnum"]);
    let comment = "One half of the records of 1962 to 1981, converted on load";
    Table { name, kind, parent: None, key, comment, columns, derived: &[] }
}

const fn text_columns<const N: usize>(names: [&'static str; N]) -> [Column; N] {
    let (access, clean, comment) = (Access::Text(255), Clean::Literal, "Unchanged from the file");
    let mut columns = [Column { name: "", access, clean, comment }; N];
    let mut at = 0;
    while at < N {
        columns[at] = Column { name: names[at], access, clean, comment };
        at += 1;
    }
    columns
}
