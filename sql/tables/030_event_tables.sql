-- NTSB's tables, with types and keys. The columns must match core/schema/src/tables, which defines the staging
-- tables, the comments and the cleaning. A test compares the two.
--
-- Each table also has the columns of change capture:
--   content_hash    SHA-256 of NTSB's columns, cleaned, without lchg_date and lchg_userid
--   hash_version    the encoding of that hash
--   first_batch     the batch that first inserted the row
--   last_batch      the batch that last changed it
--   withdrawn_batch the batch whose file no longer had the row; null if it is not withdrawn

-- The primary key of a partitioned table must include the partition key. This table makes ev_id unique, is the target
-- of all foreign keys, and records how recent the data of each event are.
CREATE TABLE ntsb.event_key (
    ev_id      text PRIMARY KEY,
    ev_year    smallint NOT NULL,
    lchg_date  timestamp(0),
    lchg_batch bigint NOT NULL,
    UNIQUE (ev_id, ev_year)
);

CREATE TABLE ntsb.events (
    ev_id               text NOT NULL,
    ntsb_no             text,
    ev_type             text,
    ev_date             date,
    ev_dow              text,
    ev_time             smallint,
    ev_tmzn             text,
    ev_city             text,
    ev_state            text,
    ev_country          text,
    ev_site_zipcode     text,
    ev_year             smallint NOT NULL,
    ev_month            smallint,
    mid_air             text,
    on_ground_collision text,
    latitude            text,
    longitude           text,
    latlong_acq         text,
    apt_name            text,
    ev_nr_apt_id        text,
    ev_nr_apt_loc       text,
    apt_dist            real,
    apt_dir             smallint,
    apt_elev            smallint,
    wx_brief_comp       text,
    wx_src_iic          text,
    wx_obs_time         smallint,
    wx_obs_dir          smallint,
    wx_obs_fac_id       text,
    wx_obs_elev         integer,
    wx_obs_dist         smallint,
    wx_obs_tmzn         text,
    light_cond          text,
    sky_cond_nonceil    text,
    sky_nonceil_ht      integer,
    sky_ceil_ht         integer,
    sky_cond_ceil       text,
    vis_rvr             real,
    vis_rvv             smallint,
    vis_sm              real,
    wx_temp             smallint,
    wx_dew_pt           smallint,
    wind_dir_deg        smallint,
    wind_dir_ind        text,
    wind_vel_kts        smallint,
    wind_vel_ind        text,
    gust_ind            text,
    gust_kts            smallint,
    altimeter           real,
    wx_dens_alt         integer,
    wx_int_precip       text,
    metar               text,
    ev_highest_injury   text,
    inj_f_grnd          smallint,
    inj_m_grnd          smallint,
    inj_s_grnd          smallint,
    inj_tot_f           smallint,
    inj_tot_m           smallint,
    inj_tot_n           smallint,
    inj_tot_s           smallint,
    inj_tot_t           smallint,
    invest_agy          text,
    ntsb_docket         integer,
    ntsb_notf_from      text,
    ntsb_notf_date      date,
    ntsb_notf_tm        smallint,
    fiche_number        text,
    lchg_date           timestamp(0),
    lchg_userid         text,
    wx_cond_basic       text,
    faa_dist_office     text,
    dec_latitude        double precision,
    dec_longitude       double precision,
    lat                 double precision,
    lon                 double precision,
    coord_source        text NOT NULL,
    wx_temp_c           real,
    wx_dew_pt_c         real,
    geog                @postgis@.geography(Point, 4326) GENERATED ALWAYS AS
        (@postgis@.geography(@postgis@.ST_SetSRID(@postgis@.ST_MakePoint(lon, lat), 4326))) STORED,
    content_hash        bytea NOT NULL,
    hash_version        smallint NOT NULL,
    first_batch         bigint NOT NULL,
    last_batch          bigint NOT NULL,
    withdrawn_batch     bigint,
    PRIMARY KEY (ev_id, ev_year),
    CONSTRAINT events_event_key_fkey FOREIGN KEY (ev_id, ev_year)
        REFERENCES ntsb.event_key (ev_id, ev_year) DEFERRABLE,
    CONSTRAINT events_year_of_date CHECK (ev_date IS NULL OR ev_year = extract(year FROM ev_date)),
    CONSTRAINT events_coord_source CHECK
        (coord_source IN ('dec', 'dms', 'dms_repaired', 'airport', 'none')),
    CONSTRAINT events_coordinates_paired CHECK ((lat IS NULL) = (lon IS NULL))
) PARTITION BY RANGE (ev_year);

CREATE TABLE ntsb.ntsb_admin (
    ev_id           text NOT NULL,
    rec_stat        text,
    approval_date   date,
    lchg_userid     text,
    lchg_date       timestamp(0),
    content_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    first_batch     bigint NOT NULL,
    last_batch      bigint NOT NULL,
    withdrawn_batch bigint,
    PRIMARY KEY (ev_id),
    FOREIGN KEY (ev_id) REFERENCES ntsb.event_key (ev_id)
);

CREATE TABLE ntsb.dt_events (
    ev_id           text NOT NULL,
    col_name        text NOT NULL,
    code            text NOT NULL,
    lchg_date       timestamp(0),
    lchg_userid     text,
    content_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    first_batch     bigint NOT NULL,
    last_batch      bigint NOT NULL,
    withdrawn_batch bigint,
    PRIMARY KEY (ev_id, col_name, code),
    FOREIGN KEY (ev_id) REFERENCES ntsb.event_key (ev_id)
);
