//! Rules for the weather columns of `events`.

use crate::rule::{Gate::*, Rule};

const TABLE: &str = "events";

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::null("events.altimeter_low", Business, TABLE).column("altimeter").below(25.0)
        .description("Altimeter setting below the threshold, in inches of mercury; the lowest ever measured at sea level was 25.7"),
    Rule::null("events.altimeter_high", Business, TABLE).column("altimeter").above(32.0)
        .description("Altimeter setting above the threshold, in inches of mercury; the highest ever measured at sea level was 32.0"),
    Rule::null("events.temperature_low", Business, TABLE).any_below(&["wx_temp", "wx_dew_pt"], -90.0)
        .description("Temperature or dew point below the threshold, whether in °F or °C"),
    Rule::null("events.temperature_high", Business, TABLE).any_above(&["wx_temp", "wx_dew_pt"], 135.0)
        .description("Temperature or dew point above the threshold, whether in °F or °C"),
    Rule::flag("events.celsius_high", Statistics, TABLE).column("wx_temp_c").above(50.0)
        .description("Temperature above the threshold, in °C; few places on Earth get that hot"),
    Rule::flag("events.dew_point_above_temperature", Business, TABLE).column("wx_dew_pt").threshold(2.0)
        .fails_if(&["wx_dew_pt", "wx_temp"], |c| c.exceeds(0, 1))
        .description("The dew point exceeds the temperature by more degrees than the threshold, which is physically impossible"),
    Rule::null("events.wind_negative", Business, TABLE).any_below(&["wind_vel_kts", "gust_kts"], 0.0)
        .description("Wind speed below 0 knots"),
    Rule::flag("events.wind_high", Business, TABLE).any_above(&["wind_vel_kts", "gust_kts"], 110.0)
        .description("Wind speed above the threshold, in knots: faster than in nearly all hurricanes"),
    Rule::flag("events.gust_below_wind", Business, TABLE).column("gust_kts").threshold(0.0)
        .fails_if(&["wind_vel_kts", "gust_kts"], |c| c.exceeds(0, 1))
        .description("The gust speed is below the wind speed by more knots than the threshold"),
    Rule::flag("events.calm_with_wind", Business, TABLE).column("wind_vel_ind").threshold(0.0)
        .fails_if(&["wind_vel_ind", "wind_vel_kts"], |c| c.text(0) == Some("CALM") && c.number(1).is_some_and(|n| n > c.threshold))
        .description("The wind is reported as CALM, but its speed is above the threshold, in knots"),
    Rule::null("events.visibility_negative", Business, TABLE).any_below(&["vis_sm", "vis_rvr", "vis_rvv"], 0.0)
        .description("Visibility below 0"),
    Rule::flag("events.visibility_high", Business, TABLE).column("vis_sm").above(100.0)
        .description("Visibility above the threshold, in statute miles; nobody reports that far"),
    Rule::flag("events.rvr_high", Business, TABLE).column("vis_rvr").above(6500.0)
        .description("Runway visual range above the threshold, in feet; it is not measured that far"),
    Rule::flag("events.rvv_high", Business, TABLE).column("vis_rvv").above(10.0)
        .description("Runway visibility above the threshold, in statute miles; it is not measured that far"),
    Rule::null("events.cloud_negative", Business, TABLE).any_below(&["sky_nonceil_ht", "sky_ceil_ht"], 0.0)
        .description("Cloud height is negative"),
    Rule::null("events.cloud_high", Business, TABLE).any_above(&["sky_nonceil_ht", "sky_ceil_ht"], 60_000.0)
        .description("Cloud height above the threshold, in feet; hardly any clouds are that high"),
    Rule::null("events.density_altitude_low", Business, TABLE).column("wx_dens_alt").below(-10_000.0)
        .description("Density altitude below the threshold, in feet; it never gets cold enough for that"),
    Rule::null("events.density_altitude_high", Business, TABLE).column("wx_dens_alt").above(40_000.0)
        .description("Density altitude above the threshold, in feet"),
    Rule::flag("events.station_far", Business, TABLE).column("wx_obs_dist").above(200.0)
        .description("Weather station farther away than the threshold, in nautical miles: it had different weather"),
    Rule::null("events.station_distance_negative", Business, TABLE).any_below(&["wx_obs_dist", "apt_dist"], 0.0)
        .description("The distance to the airport or weather station is negative"),
    Rule::flag("events.clear_with_ceiling", Business, TABLE).column("sky_cond_ceil")
        .fails_if(&["sky_cond_ceil", "sky_ceil_ht"], |c| c.text(0) == Some("NONE") && c.number(1).is_some_and(|n| n > 0.0))
        .description("The ceiling is reported as NONE, but its height is above 0"),
];
