//! `events` and `NTSB_Admin`.

use super::{ADMIN, EVENTS, sign};
use crate::Case;
use crate::facts::{Facts, RELEASE};
use crate::place::{self, Point};
use crate::rng::Dice;
use crate::rows::Row;
use crate::weather::{self, Weather};
use ntsb_schema::calendar;

pub fn write(out: &mut Case, facts: &Facts, dice: &mut Dice) {
    let mut row = out.rows(EVENTS).begin();
    row.text("ev_id", &facts.ev_id).text("ntsb_no", &facts.ntsb_no);
    row.text("ev_type", if facts.incident { "INC" } else { "ACC" });
    time_and_place(&mut row, facts);
    airport(&mut row, facts, dice);
    row.maybe("light_cond", light(facts, dice));
    if let Some(weather) = &facts.weather {
        observation(&mut row, facts, weather, dice);
    }
    row.text("ev_highest_injury", facts.highest.code());
    injured(&mut row, facts);
    row.text("invest_agy", if facts.place.is_home() { "N" } else { "O" });
    if !facts.migrated() {
        row.text("ntsb_notf_from", "FAA Operations Center");
        row.date("ntsb_notf_date", facts.when.day + dice.between(0, 3));
    }
    sign(&mut row, facts);
    row.maybe("wx_cond_basic", facts.basic);
    if let Some(Point { lat, lon }) = facts.place.point {
        row.decimal("dec_latitude", place::micro(lat), 6);
        row.decimal("dec_longitude", place::micro(lon), 6);
    }
}

fn time_and_place(row: &mut Row, facts: &Facts) {
    let (when, place) = (&facts.when, &facts.place);
    row.date("ev_date", when.day).text("ev_dow", when.weekday());
    row.number("ev_time", facts.clock()).text("ev_tmzn", zone(facts));
    row.compose("ev_city", |out| place.town.push_name(out));
    row.maybe("ev_state", place.state).text("ev_country", place.country());
    if place.is_home() && facts.modern {
        row.compose("ev_site_zipcode", |out| place.town.push_zip(out));
    }
    row.number("ev_year", when.year).number("ev_month", when.month as i32);
    if !facts.migrated() {
        row.yes("mid_air", facts.mid_air);
        row.yes("on_ground_collision", facts.aircraft.len() > 1 && !facts.mid_air);
    }
    if let Some(Point { lat, lon }) = place.point {
        row.compose("latitude", |out| place::push_dms(out, lat, 2, ['N', 'S']));
        row.compose("longitude", |out| place::push_dms(out, lon, 3, ['E', 'W']));
        row.text("latlong_acq", if place.on_airport { "EST" } else { "MEAS" });
    }
}

/// The zone of `ev_time`.
pub fn zone(facts: &Facts) -> &'static str {
    if facts.migrated() || !facts.place.is_home() {
        return "UTC";
    }
    match (facts.place.hours(), facts.summer()) {
        (4, _) => "AST",
        (5, false) => "EST",
        (5, true) => "EDT",
        (6, false) => "CST",
        (6, true) => "CDT",
        (7, false) => "MST",
        (7, true) => "MDT",
        (8, false) => "PST",
        (8, true) => "PDT",
        (9, false) => "YST",
        (9, true) => "YDT",
        _ => "HST",
    }
}

fn airport(row: &mut Row, facts: &Facts, dice: &mut Dice) {
    let place = &facts.place;
    if !place.on_airport && place.airport_near.is_none() {
        return;
    }
    row.compose("apt_name", |out| place.town.push_airport(out));
    row.compose("ev_nr_apt_id", |out| place.town.push_airport_id(out));
    row.text("ev_nr_apt_loc", if place.on_airport { "ONAP" } else { "OFAP" });
    if let Some(miles) = place.airport_near {
        row.decimal("apt_dist", i64::from(miles), 2).number("apt_dir", dice.between(1, 360));
    }
    row.number("apt_elev", place.town.elevation());
}

fn light(facts: &Facts, dice: &mut Dice) -> Option<&'static str> {
    if !facts.place.is_home() && dice.percent(60) {
        return None;
    }
    let longer = if (4..=9).contains(&facts.when.month) { 60 } else { 0 };
    let (dawn, dusk) = (390 - longer, 1080 + longer);
    Some(match facts.when.local_minute {
        m if (dawn..dawn + 30).contains(&m) => "DAWN",
        m if (dawn + 30..dusk).contains(&m) => "DAYL",
        m if (dusk..dusk + 35).contains(&m) => "DUSK",
        _ => dice.weighted(&[(40, "NITE"), (45, "NDRK"), (15, "NBRT")]),
    })
}

/// Rows before those of all digits hold °C for airlines and abroad, all others °F.
fn in_fahrenheit(facts: &Facts) -> bool {
    let part = facts.aircraft.first().map_or("", |a| a.far_part);
    facts.entry.all_digits()
        || facts.place.is_home() && !matches!(part, "121" | "129" | "NUSC" | "NUSN")
}

fn observation(row: &mut Row, facts: &Facts, weather: &Weather, dice: &mut Dice) {
    let degrees = |celsius| weather::written(celsius, in_fahrenheit(facts));
    if weather.reported {
        station(row, facts, dice);
    }
    sky(row, weather);
    row.decimal("vis_sm", i64::from(weather.visibility), 1);
    row.number("wx_temp", degrees(weather.celsius));
    row.number("wx_dew_pt", degrees(weather.dew_celsius));
    wind(row, facts, weather);
    row.decimal("altimeter", i64::from(weather.altimeter), 2);
    row.maybe("wx_int_precip", weather.precipitation);
    if weather.reported && facts.modern && dice.percent(60) {
        let (_, _, day) = calendar::civil(facts.when.day);
        let place = &facts.place;
        row.compose("metar", |out| weather.push_metar(out, place, day, facts.utc_minute()));
    }
}

fn station(row: &mut Row, facts: &Facts, dice: &mut Dice) {
    let place = &facts.place;
    let hour = facts.when.local_minute / 60;
    row.text("wx_src_iic", "WFAC").number("wx_obs_time", hour * 100 + 53);
    row.number("wx_obs_dir", dice.between(1, 360));
    row.compose("wx_obs_fac_id", |out| place.town.push_station(out));
    row.number("wx_obs_elev", place.town.elevation());
    row.number("wx_obs_dist", dice.between(0, 30));
    if !facts.migrated() {
        row.text("wx_obs_tmzn", zone(facts));
    }
}

fn sky(row: &mut Row, weather: &Weather) {
    match weather.scattered {
        Some(feet) => row.text("sky_cond_nonceil", "SCAT").number("sky_nonceil_ht", feet),
        None if weather.ceiling.is_none() => row.text("sky_cond_nonceil", "CLER"),
        None => row,
    };
    match weather.ceiling {
        Some(feet) => {
            let cover = if feet < 2000 { "OVC" } else { "BKN" };
            row.number("sky_ceil_ht", feet).text("sky_cond_ceil", cover)
        }
        None => row.text("sky_cond_ceil", "NONE"),
    };
}

/// The indicators changed with the system: T and F say whether there is wind and gusts.
fn wind(row: &mut Row, facts: &Facts, weather: &Weather) {
    let calm = weather.knots == 0;
    row.number("wind_dir_deg", weather.wind_from);
    row.text("wind_dir_ind", if facts.migrated() { "U" } else { "Y" });
    row.number("wind_vel_kts", weather.knots);
    let (speed, gusting) = match (facts.migrated(), calm, weather.gusts.is_some()) {
        (true, _, gusts) => (if calm { "T" } else { "F" }, if gusts { "T" } else { "F" }),
        (false, true, _) => ("CALM", "N"),
        (false, false, gusts) => ("SPEC", if gusts { "Y" } else { "N" }),
    };
    row.text("wind_vel_ind", speed).text("gust_ind", gusting);
    row.maybe_number("gust_kts", weather.gusts);
}

/// The total was of the injured alone, and zero was left out, until the system changed.
fn injured(row: &mut Row, facts: &Facts) {
    let [fatal, serious, minor, none] = facts.injured();
    let [ground_fatal, ground_serious, ground_minor, _] = facts.ground;
    let migrated = facts.migrated();
    let total = fatal + serious + minor + if migrated { none } else { 0 };
    for (column, people) in [
        ("inj_f_grnd", ground_fatal),
        ("inj_m_grnd", ground_minor),
        ("inj_s_grnd", ground_serious),
        ("inj_tot_f", fatal),
        ("inj_tot_m", minor),
        ("inj_tot_n", none),
        ("inj_tot_s", serious),
        ("inj_tot_t", total),
    ] {
        if migrated || people > 0 {
            row.number(column, people as i32);
        }
    }
}

pub fn write_admin(out: &mut Case, facts: &Facts, dice: &mut Dice) {
    let mut row = out.rows(ADMIN).begin();
    row.text("ev_id", &facts.ev_id);
    let state = match (facts.complete, facts.place.is_home()) {
        (_, false) => "F",
        (true, true) => "B",
        (false, true) => "P",
    };
    row.text("rec_stat", state);
    let approved = facts.complete && (facts.place.is_home() || dice.percent(55));
    if approved {
        row.date("approval_date", facts.changed.0.min(RELEASE));
    }
    row.text("lchg_userid", facts.user).text("lchg_date", &facts.changed_text);
}
