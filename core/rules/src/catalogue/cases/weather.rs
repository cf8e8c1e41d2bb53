use super::Case;

#[rustfmt::skip] // one case per line
pub const CASES: &[Case] = &[
    ("events.altimeter_low", "events", "altimeter=3025", "altimeter=3.02"),
    ("events.altimeter_high", "events", "altimeter=29.92", "altimeter=299.2"),
    ("events.temperature_low", "events", "wx_temp=-60", "wx_temp=-99"),
    ("events.temperature_high", "events", "wx_dew_pt=75", "wx_dew_pt=200"),
    ("events.celsius_high", "events", "ev_country=USA; wx_temp=110; @far_part=091", "ev_country=USA; wx_temp=130; @far_part=091"),
    ("events.dew_point_above_temperature", "events", "wx_temp=20; wx_dew_pt=22", "wx_temp=20; wx_dew_pt=23"),
    ("events.wind_negative", "events", "wind_vel_kts=5", "wind_vel_kts=-5"),
    ("events.wind_high", "events", "wind_vel_kts=100", "gust_kts=250"),
    ("events.gust_below_wind", "events", "wind_vel_kts=15; gust_kts=25", "wind_vel_kts=15; gust_kts=5"),
    ("events.calm_with_wind", "events", "wind_vel_ind=CALM; wind_vel_kts=0", "wind_vel_ind=CALM; wind_vel_kts=7"),
    ("events.visibility_negative", "events", "vis_sm=0", "vis_sm=-1"),
    ("events.visibility_high", "events", "vis_sm=100", "vis_sm=999"),
    ("events.rvr_high", "events", "vis_rvr=6000", "vis_rvr=60000"),
    ("events.rvv_high", "events", "vis_rvv=1", "vis_rvv=25"),
    ("events.cloud_negative", "events", "sky_ceil_ht=200", "sky_ceil_ht=-200"),
    ("events.cloud_high", "events", "sky_nonceil_ht=39000", "sky_ceil_ht=250000"),
    ("events.density_altitude_low", "events", "wx_dens_alt=-2500", "wx_dens_alt=-30500"),
    ("events.density_altitude_high", "events", "wx_dens_alt=12000", "wx_dens_alt=120000"),
    ("events.station_far", "events", "wx_obs_dist=100", "wx_obs_dist=999"),
    ("events.station_distance_negative", "events", "apt_dist=1", "apt_dist=-1"),
    ("events.clear_with_ceiling", "events", "sky_cond_ceil=NONE; sky_ceil_ht=0", "sky_cond_ceil=NONE; sky_ceil_ht=3500"),
];
