//! `events` and `NTSB_Admin`.

use super::{ADMIN, EVENTS, set_last_change};
use crate::EventData;
use crate::facts::{Facts, RELEASE_DAY};
use crate::place::{self, Point};
use crate::rng::Rng;
use crate::rows::Row;
use crate::weather::{self, Weather};
use ntsb_schema::calendar;

pub fn write(out: &mut EventData, facts: &Facts, rng: &mut Rng) {
    let mut row = out.rows(EVENTS).add_row();
    row.text("ev_id", &facts.ev_id).text("ntsb_no", &facts.ntsb_no);
    row.text("ev_type", if facts.is_incident { "INC" } else { "ACC" });
    write_time_and_place(&mut row, facts);
    write_airport(&mut row, facts, rng);
    row.optional_text("light_cond", draw_light(facts, rng));
    if let Some(weather) = &facts.weather {
        write_observation(&mut row, facts, weather, rng);
    }
    row.text("ev_highest_injury", facts.highest_injury.code());
    write_injury_totals(&mut row, facts);
    row.text("invest_agy", if facts.place.is_domestic() { "N" } else { "O" });
    if !facts.is_migrated() {
        row.text("ntsb_notf_from", "FAA Operations Center");
        row.date("ntsb_notf_date", facts.time.day + rng.next_between(0, 3));
    }
    set_last_change(&mut row, facts);
    row.optional_text("wx_cond_basic", facts.conditions);
    if let Some(Point { lat, lon }) = facts.place.point {
        row.decimal("dec_latitude", place::to_microdegrees(lat), 6);
        row.decimal("dec_longitude", place::to_microdegrees(lon), 6);
    }
}

fn write_time_and_place(row: &mut Row, facts: &Facts) {
    let (event_time, place) = (&facts.time, &facts.place);
    row.date("ev_date", event_time.day).text("ev_dow", event_time.weekday());
    row.number("ev_time", facts.hhmm()).text("ev_tmzn", time_zone_code(facts));
    row.write_with("ev_city", |out| place.town.push_name(out));
    row.optional_text("ev_state", place.state).text("ev_country", place.country());
    if place.is_domestic() && facts.is_modern {
        row.write_with("ev_site_zipcode", |out| place.town.push_zip(out));
    }
    row.number("ev_year", event_time.year).number("ev_month", event_time.month as i32);
    if !facts.is_migrated() {
        row.yes_no("mid_air", facts.is_mid_air);
        row.yes_no("on_ground_collision", facts.aircraft.len() > 1 && !facts.is_mid_air);
    }
    if let Some(Point { lat, lon }) = place.point {
        row.write_with("latitude", |out| place::push_dms(out, lat, 2, ['N', 'S']));
        row.write_with("longitude", |out| place::push_dms(out, lon, 3, ['E', 'W']));
        row.text("latlong_acq", if place.on_airport { "EST" } else { "MEAS" });
    }
}

/// The time zone of `ev_time`.
pub fn time_zone_code(facts: &Facts) -> &'static str {
    if facts.is_migrated() || !facts.place.is_domestic() {
        return "UTC";
    }
    match (facts.place.hours_behind_utc(), facts.is_summer_time()) {
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

fn write_airport(row: &mut Row, facts: &Facts, rng: &mut Rng) {
    let place = &facts.place;
    if !place.on_airport && place.airport_distance.is_none() {
        return;
    }
    row.write_with("apt_name", |out| place.town.push_airport(out));
    row.write_with("ev_nr_apt_id", |out| place.town.push_airport_id(out));
    row.text("ev_nr_apt_loc", if place.on_airport { "ONAP" } else { "OFAP" });
    if let Some(miles) = place.airport_distance {
        row.decimal("apt_dist", i64::from(miles), 2).number("apt_dir", rng.next_between(1, 360));
    }
    row.number("apt_elev", place.town.elevation());
}

fn draw_light(facts: &Facts, rng: &mut Rng) -> Option<&'static str> {
    if !facts.place.is_domestic() && rng.chance_percent(60) {
        return None;
    }
    let extra_minutes = if (4..=9).contains(&facts.time.month) { 60 } else { 0 };
    let (dawn, dusk) = (390 - extra_minutes, 1080 + extra_minutes);
    Some(match facts.time.local_minute {
        m if (dawn..dawn + 30).contains(&m) => "DAWN",
        m if (dawn + 30..dusk).contains(&m) => "DAYL",
        m if (dusk..dusk + 35).contains(&m) => "DUSK",
        _ => rng.pick_weighted(&[(40, "NITE"), (45, "NDRK"), (15, "NBRT")]),
    })
}

/// Whether temperatures are in °F. Events with an `ev_id` containing X use °C for airlines and abroad.
fn uses_fahrenheit(facts: &Facts) -> bool {
    let part = facts.aircraft.first().map_or("", |a| a.far_part);
    facts.entry.is_all_digits()
        || facts.place.is_domestic() && !matches!(part, "121" | "129" | "NUSC" | "NUSN")
}

fn write_observation(row: &mut Row, facts: &Facts, weather: &Weather, rng: &mut Rng) {
    let degrees = |celsius| weather::convert_temperature(celsius, uses_fahrenheit(facts));
    if weather.is_reported {
        write_station(row, facts, rng);
    }
    write_sky(row, weather);
    row.decimal("vis_sm", i64::from(weather.visibility), 1);
    row.number("wx_temp", degrees(weather.celsius));
    row.number("wx_dew_pt", degrees(weather.dew_celsius));
    write_wind(row, facts, weather);
    row.decimal("altimeter", i64::from(weather.altimeter), 2);
    row.optional_text("wx_int_precip", weather.precipitation);
    if weather.is_reported && facts.is_modern && rng.chance_percent(60) {
        let (_, _, day) = calendar::days_to_date(facts.time.day);
        let place = &facts.place;
        row.write_with("metar", |out| weather.push_metar(out, place, day, facts.utc_minute()));
    }
}

fn write_station(row: &mut Row, facts: &Facts, rng: &mut Rng) {
    let place = &facts.place;
    let hour = facts.time.local_minute / 60;
    row.text("wx_src_iic", "WFAC").number("wx_obs_time", hour * 100 + 53);
    row.number("wx_obs_dir", rng.next_between(1, 360));
    row.write_with("wx_obs_fac_id", |out| place.town.push_station(out));
    row.number("wx_obs_elev", place.town.elevation());
    row.number("wx_obs_dist", rng.next_between(0, 30));
    if !facts.is_migrated() {
        row.text("wx_obs_tmzn", time_zone_code(facts));
    }
}

fn write_sky(row: &mut Row, weather: &Weather) {
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

/// Since 2020 the indicators have other codes: `wind_vel_ind` is T if calm, `gust_ind` is T if gusting.
fn write_wind(row: &mut Row, facts: &Facts, weather: &Weather) {
    let is_calm = weather.knots == 0;
    row.number("wind_dir_deg", weather.wind_from);
    row.text("wind_dir_ind", if facts.is_migrated() { "U" } else { "Y" });
    row.number("wind_vel_kts", weather.knots);
    let (speed, gusting) = match (facts.is_migrated(), is_calm, weather.gusts.is_some()) {
        (true, _, gusts) => (if is_calm { "T" } else { "F" }, if gusts { "T" } else { "F" }),
        (false, true, _) => ("CALM", "N"),
        (false, false, gusts) => ("SPEC", if gusts { "Y" } else { "N" }),
    };
    row.text("wind_vel_ind", speed).text("gust_ind", gusting);
    row.optional_number("gust_kts", weather.gusts);
}

/// Until 2020 the total excludes the uninjured, and zeros are null.
fn write_injury_totals(row: &mut Row, facts: &Facts) {
    let [fatal, serious, minor, none] = facts.injury_counts();
    let [ground_fatal, ground_serious, ground_minor, _] = facts.ground;
    let is_migrated = facts.is_migrated();
    let total = fatal + serious + minor + if is_migrated { none } else { 0 };
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
        if is_migrated || people > 0 {
            row.number(column, people as i32);
        }
    }
}

pub fn write_admin(out: &mut EventData, facts: &Facts, rng: &mut Rng) {
    let mut row = out.rows(ADMIN).add_row();
    row.text("ev_id", &facts.ev_id);
    let status = match (facts.is_complete, facts.place.is_domestic()) {
        (_, false) => "F",
        (true, true) => "B",
        (false, true) => "P",
    };
    row.text("rec_stat", status);
    let is_approved = facts.is_complete && (facts.place.is_domestic() || rng.chance_percent(55));
    if is_approved {
        row.date("approval_date", facts.last_change.0.min(RELEASE_DAY));
    }
    row.text("lchg_userid", facts.user).text("lchg_date", &facts.last_change_text);
}
