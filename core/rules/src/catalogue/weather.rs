//! The weather of an event.

use crate::rule::{Gate::*, Rule};

const T: &str = "events";

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::null("events.altimeter_low", Business, T).on("altimeter").below(25.0)
        .says("Altimeter setting below the threshold, in inches of mercury; the lowest ever measured at sea level was 25.7"),
    Rule::null("events.altimeter_high", Business, T).on("altimeter").above(32.0)
        .says("Altimeter setting above the threshold, in inches of mercury; the highest ever measured at sea level was 32.0"),
    Rule::null("events.temperature_low", Business, T).any_below(&["wx_temp", "wx_dew_pt"], -90.0)
        .says("Temperature or dew point below the threshold, be it in °F or °C"),
    Rule::null("events.temperature_high", Business, T).any_above(&["wx_temp", "wx_dew_pt"], 135.0)
        .says("Temperature or dew point above the threshold, be it in °F or °C"),
    Rule::flag("events.celsius_high", Statistics, T).on("wx_temp_c").above(50.0)
        .says("Temperature above the threshold, in °C, which few places on Earth reach"),
    Rule::flag("events.dew_point_above_temperature", Business, T).on("wx_dew_pt").limit(2.0)
        .fails(&["wx_dew_pt", "wx_temp"], |c| c.exceeds(0, 1))
        .says("The dew point is more degrees above the temperature than the threshold, which air cannot be"),
    Rule::null("events.wind_negative", Business, T).any_below(&["wind_vel_kts", "gust_kts"], 0.0)
        .says("Wind of less than 0 knots"),
    Rule::flag("events.wind_high", Business, T).any_above(&["wind_vel_kts", "gust_kts"], 110.0)
        .says("Wind above the threshold, in knots: more than in nearly all hurricanes"),
    Rule::flag("events.gust_below_wind", Business, T).on("gust_kts").limit(0.0)
        .fails(&["wind_vel_kts", "gust_kts"], |c| c.exceeds(0, 1))
        .says("Gusts are slower than the wind by more knots than the threshold"),
    Rule::flag("events.calm_with_wind", Business, T).on("wind_vel_ind").limit(0.0)
        .fails(&["wind_vel_ind", "wind_vel_kts"], |c| c.text(0) == Some("CALM") && c.number(1).is_some_and(|n| n > c.limit))
        .says("The wind is CALM, and above the threshold in knots"),
    Rule::null("events.visibility_negative", Business, T).any_below(&["vis_sm", "vis_rvr", "vis_rvv"], 0.0)
        .says("Visibility below 0"),
    Rule::flag("events.visibility_high", Business, T).on("vis_sm").above(100.0)
        .says("Visibility above the threshold, in statute miles: further than anybody reports"),
    Rule::flag("events.rvr_high", Business, T).on("vis_rvr").above(6500.0)
        .says("Runway visual range above the threshold, in feet: further than it is measured"),
    Rule::flag("events.rvv_high", Business, T).on("vis_rvv").above(10.0)
        .says("Runway visibility above the threshold, in statute miles: further than it is measured"),
    Rule::null("events.cloud_negative", Business, T).any_below(&["sky_nonceil_ht", "sky_ceil_ht"], 0.0)
        .says("Clouds below the ground"),
    Rule::null("events.cloud_high", Business, T).any_above(&["sky_nonceil_ht", "sky_ceil_ht"], 60_000.0)
        .says("Clouds above the threshold, in feet; there are hardly any"),
    Rule::null("events.density_altitude_low", Business, T).on("wx_dens_alt").below(-10_000.0)
        .says("Density altitude below the threshold, in feet, which no cold makes"),
    Rule::null("events.density_altitude_high", Business, T).on("wx_dens_alt").above(40_000.0)
        .says("Density altitude above the threshold, in feet"),
    Rule::flag("events.station_far", Business, T).on("wx_obs_dist").above(200.0)
        .says("Weather station further away than the threshold, in nautical miles: its weather was another"),
    Rule::null("events.station_distance_negative", Business, T).any_below(&["wx_obs_dist", "apt_dist"], 0.0)
        .says("A distance below 0"),
    Rule::flag("events.clear_with_ceiling", Business, T).on("sky_cond_ceil")
        .fails(&["sky_cond_ceil", "sky_ceil_ht"], |c| c.text(0) == Some("NONE") && c.number(1).is_some_and(|n| n > 0.0))
        .says("There was no ceiling (NONE), and its height is given"),
];
