CREATE SCHEMA asrs;
COMMENT ON SCHEMA asrs IS 'Voluntary reports of NASA''s Aviation Safety Reporting System: unverified, never counted with accidents';
CREATE SCHEMA ntsb;
COMMENT ON SCHEMA ntsb IS 'The NTSB aviation accident database';
CREATE SCHEMA ntsb_staging;
COMMENT ON SCHEMA ntsb_staging IS 'Staging tables for rows of files that are loaded into schema ntsb; nothing in it is permanent';
CREATE TYPE ntsb_staging.clean_aircraft AS (
	ev_id text,
	aircraft_key integer,
	regis_no text,
	ntsb_no text,
	acft_missing text,
	far_part text,
	flt_plan_filed text,
	flight_plan_activated text,
	damage text,
	acft_fire text,
	acft_expl text,
	acft_make text,
	acft_model text,
	acft_series text,
	acft_serial_no text,
	cert_max_gr_wt integer,
	acft_category text,
	acft_reg_cls text,
	homebuilt text,
	fc_seats integer,
	cc_seats integer,
	pax_seats integer,
	total_seats smallint,
	num_eng smallint,
	fixed_retractable text,
	type_last_insp text,
	date_last_insp date,
	afm_hrs_last_insp real,
	afm_hrs real,
	elt_install text,
	elt_oper text,
	elt_aided_loc_ev text,
	elt_type text,
	owner_acft text,
	owner_street text,
	owner_city text,
	owner_state text,
	owner_country text,
	owner_zip text,
	oper_individual_name text,
	oper_name text,
	oper_same text,
	oper_dba text,
	oper_addr_same text,
	oper_street text,
	oper_city text,
	oper_state text,
	oper_country text,
	oper_zip text,
	oper_code text,
	certs_held text,
	oprtng_cert text,
	oper_cert text,
	oper_cert_num text,
	oper_sched text,
	oper_dom_int text,
	oper_pax_cargo text,
	type_fly text,
	second_pilot text,
	dprt_pt_same_ev text,
	dprt_apt_id text,
	dprt_city text,
	dprt_state text,
	dprt_country text,
	dprt_time smallint,
	dprt_timezn text,
	dest_same_local text,
	dest_apt_id text,
	dest_city text,
	dest_state text,
	dest_country text,
	phase_flt_spec integer,
	report_to_icao text,
	evacuation text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	afm_hrs_since text,
	rwy_num text,
	rwy_len integer,
	rwy_width integer,
	site_seeing text,
	air_medical text,
	med_type_flight text,
	acft_year integer,
	fuel_on_board text,
	commercial_space_flight boolean,
	unmanned boolean,
	ifr_equipped_cert boolean,
	elt_mounted_aircraft boolean,
	elt_connected_antenna boolean,
	elt_manufacturer text,
	elt_model text,
	elt_reason_other text,
	acft_make_std text,
	acft_model_std text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_aircraft IS 'Cleaned columns of a row of ntsb_staging.aircraft, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_case_record AS (
	ev_id text,
	mkey integer,
	case_closed boolean,
	completion_status text,
	case_type text,
	investigation_class text,
	launch_type text,
	board_launch boolean,
	region text,
	parties text,
	report_type text,
	report_flavor text,
	publish_profile text,
	report_number text,
	report_date date,
	board_meeting_date date,
	original_published date,
	factual_published date,
	last_revision date,
	docket_opened date,
	docket_page text,
	report_page text,
	investigation_page text,
	has_safety_recommendation boolean,
	is_study boolean,
	utc_offset_hours real,
	hazmat_involved boolean,
	property_damage text,
	environmental_damage text,
	wx_remarks text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_case_record IS 'Cleaned columns of a row of ntsb_staging.case_record, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_country AS (
	country_code text,
	country_name text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_country IS 'Cleaned columns of a row of ntsb_staging.country, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_ct_iaids AS (
	ct_name text,
	code_iaids text,
	meaning text,
	seq smallint,
	ntsb_type text,
	ntsb_code text,
	avn_code text,
	ntsb_codes_more text,
	not_for_ntsb_use boolean,
	eadms_use boolean,
	notes text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_ct_iaids IS 'Cleaned columns of a row of ntsb_staging.ct_iaids, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_ct_pre1982 AS (
	name text,
	code text,
	meang text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_ct_pre1982 IS 'Cleaned columns of a row of ntsb_staging.ct_pre1982, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_ct_seqevt AS (
	code integer,
	meaning text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_ct_seqevt IS 'Cleaned columns of a row of ntsb_staging.ct_seqevt, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_dt_aircraft AS (
	ev_id text,
	aircraft_key integer,
	col_name text,
	code text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_dt_aircraft IS 'Cleaned columns of a row of ntsb_staging.dt_aircraft, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_dt_events AS (
	ev_id text,
	col_name text,
	code text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_dt_events IS 'Cleaned columns of a row of ntsb_staging.dt_events, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_dt_flight_crew AS (
	ev_id text,
	aircraft_key integer,
	crew_no smallint,
	col_name text,
	code text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_dt_flight_crew IS 'Cleaned columns of a row of ntsb_staging.dt_flight_crew, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_eadmspub_datadictionary AS (
	category_of_data text,
	"table" text,
	"column" text,
	ct_name text,
	code_iaids text,
	meaning text,
	data_type_eadms text,
	length_eadms double precision,
	short_desc text,
	question_def text,
	code_meaning text,
	typeofchange text,
	change_notes text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_eadmspub_datadictionary IS 'Cleaned columns of a row of ntsb_staging.eadmspub_datadictionary, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_engines AS (
	ev_id text,
	aircraft_key integer,
	eng_no smallint,
	eng_type text,
	eng_mfgr text,
	eng_model text,
	power_units integer,
	hp_or_lbs text,
	lchg_userid text,
	lchg_date timestamp(0) without time zone,
	carb_fuel_injection text,
	propeller_type text,
	propeller_make text,
	propeller_model text,
	eng_time_total real,
	eng_time_last_insp real,
	eng_time_overhaul real,
	eng_mfgr_std text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_engines IS 'Cleaned columns of a row of ntsb_staging.engines, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_events AS (
	ev_id text,
	ntsb_no text,
	ev_type text,
	ev_date date,
	ev_dow text,
	ev_time smallint,
	ev_tmzn text,
	ev_city text,
	ev_state text,
	ev_country text,
	ev_site_zipcode text,
	ev_year smallint,
	ev_month smallint,
	mid_air text,
	on_ground_collision text,
	latitude text,
	longitude text,
	latlong_acq text,
	apt_name text,
	ev_nr_apt_id text,
	ev_nr_apt_loc text,
	apt_dist real,
	apt_dir smallint,
	apt_elev smallint,
	wx_brief_comp text,
	wx_src_iic text,
	wx_obs_time smallint,
	wx_obs_dir smallint,
	wx_obs_fac_id text,
	wx_obs_elev integer,
	wx_obs_dist smallint,
	wx_obs_tmzn text,
	light_cond text,
	sky_cond_nonceil text,
	sky_nonceil_ht integer,
	sky_ceil_ht integer,
	sky_cond_ceil text,
	vis_rvr real,
	vis_rvv smallint,
	vis_sm real,
	wx_temp smallint,
	wx_dew_pt smallint,
	wind_dir_deg smallint,
	wind_dir_ind text,
	wind_vel_kts smallint,
	wind_vel_ind text,
	gust_ind text,
	gust_kts smallint,
	altimeter real,
	wx_dens_alt integer,
	wx_int_precip text,
	metar text,
	ev_highest_injury text,
	inj_f_grnd smallint,
	inj_m_grnd smallint,
	inj_s_grnd smallint,
	inj_tot_f smallint,
	inj_tot_m smallint,
	inj_tot_n smallint,
	inj_tot_s smallint,
	inj_tot_t smallint,
	invest_agy text,
	ntsb_docket integer,
	ntsb_notf_from text,
	ntsb_notf_date date,
	ntsb_notf_tm smallint,
	fiche_number text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	wx_cond_basic text,
	faa_dist_office text,
	dec_latitude double precision,
	dec_longitude double precision,
	lat double precision,
	lon double precision,
	coord_source text,
	wx_temp_c real,
	wx_dew_pt_c real,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_events IS 'Cleaned columns of a row of ntsb_staging.events, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_events_sequence AS (
	ev_id text,
	aircraft_key integer,
	occurrence_no integer,
	occurrence_code text,
	occurrence_description text,
	phase_no text,
	eventsoe_no text,
	defining_ev boolean,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_events_sequence IS 'Cleaned columns of a row of ntsb_staging.events_sequence, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_findings AS (
	ev_id text,
	aircraft_key integer,
	finding_no integer,
	finding_code text,
	finding_description text,
	category_no text,
	subcategory_no text,
	section_no text,
	subsection_no text,
	modifier_no text,
	cause_factor text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	cm_inpc text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_findings IS 'Cleaned columns of a row of ntsb_staging.findings, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_flight_crew AS (
	ev_id text,
	aircraft_key integer,
	crew_no smallint,
	crew_category text,
	crew_age smallint,
	crew_sex text,
	crew_city text,
	crew_res_state text,
	crew_res_country text,
	med_certf text,
	med_crtf_vldty text,
	date_lst_med date,
	crew_rat_endorse text,
	crew_inj_level text,
	seatbelts_used text,
	shldr_harn_used text,
	crew_tox_perf text,
	seat_occ_pic text,
	pc_profession text,
	bfr text,
	bfr_date date,
	ft_as_of date,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	seat_occ_row integer,
	infl_rest_inst text,
	infl_rest_depl text,
	child_restraint text,
	med_crtf_limit text,
	mr_faa_med_certf text,
	pilot_flying boolean,
	available_restraint text,
	restraint_used text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_flight_crew IS 'Cleaned columns of a row of ntsb_staging.flight_crew, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_flight_time AS (
	ev_id text,
	aircraft_key integer,
	crew_no smallint,
	flight_type text,
	flight_craft text,
	flight_hours real,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_flight_time IS 'Cleaned columns of a row of ntsb_staging.flight_time, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_injury AS (
	ev_id text,
	aircraft_key integer,
	inj_person_category text,
	injury_level text,
	inj_person_count smallint,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_injury IS 'Cleaned columns of a row of ntsb_staging.injury, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_legacy_cause AS (
	ev_id text,
	aircraft_key integer,
	cause_no smallint,
	code_p text,
	code_m text,
	code_s text,
	text_p text,
	text_s text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_legacy_cause IS 'Cleaned columns of a row of ntsb_staging.legacy_cause, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_legacy_event AS (
	ev_id text,
	recnum text,
	trans_date text,
	docket_no text,
	locat_near text,
	location text,
	second_acft_regno text,
	acc_inc_class text,
	locat_state_terr text,
	acft_make_code text,
	acft_model_code text,
	engin_make text,
	engin_model text,
	type_craft text,
	landing_gear text,
	wgt_cat text,
	no_engines text,
	type_power text,
	acft_adamg text,
	fire_aftr_impt text,
	fuel_type text,
	type_operator text,
	kind_fly_gena text,
	name_comm_carr text,
	operation_type text,
	accident_type1 text,
	operation_phase1 text,
	accident_type2 text,
	operation_phase2 text,
	alt_of_occ text,
	recv_alt text,
	aircraft_speed text,
	operator text,
	forced_landing text,
	emergency text,
	recov_loss text,
	oxy_systm text,
	paraachute text,
	light_cond text,
	type_weathr text,
	wethr_brief text,
	wethr_forcast text,
	flight_plan text,
	instrm_approh text,
	air_equt_inst_flt text,
	airpt_proix text,
	airpt_acc_dirt text,
	lat_dist text,
	airport_class text,
	elev_airpt text,
	runwy_comp text,
	runwy_cond text,
	runwy_lite text,
	runwy_hazz text,
	runwy_barr text,
	tower_unicom text,
	runway_ln text,
	depart_pt text,
	lastpln_depart text,
	inten_destin text,
	gndele_accsite text,
	terrain_typ text,
	miss_aircft text,
	airspace_seg text,
	pilot_involed1 text,
	pilot_involed2 text,
	hours_total_pilot1 text,
	hours_total_pilot2 text,
	hours_in_type_pilot1 text,
	hours_in_type_pilot2 text,
	age_pilot1 text,
	age_pilot2 text,
	medical_cert_pilot1 text,
	medical_cert_pilot2 text,
	rating_1 text,
	rating_2 text,
	rated_aircraft_1 text,
	rated_aircraft_2 text,
	certificate_pilot1 text,
	certificate_pilot2 text,
	occupation_1 text,
	occupation_2 text,
	at_controls text,
	injury_index text,
	pilot_unknown text,
	co_pilot_unknown text,
	dual_student_unknown text,
	hull_loss text,
	chk_pilot_unknown text,
	flt_engn_unknown text,
	navigtr_fatal text,
	navigtr_serious text,
	navigtr_minor text,
	navigtr_none text,
	navigtr_unknown text,
	navigtr_totals text,
	cabin_attn_unknown text,
	extra_crew_fatal text,
	extra_crew_serious text,
	extra_crew_minor text,
	extra_crew_none text,
	extra_crew_unknown text,
	extra_crew_totals text,
	passengers_unknown text,
	total_abrd_unknown text,
	other_airc_fatal text,
	other_airc_serious text,
	other_airc_minor text,
	other_airc_none text,
	other_airc_unknown text,
	other_airc_totals text,
	other_grnd_none text,
	other_grnd_unknown text,
	other_xxxx_totals text,
	bi_fligt_rev text,
	recency_expr text,
	comm_plt_prof text,
	runway_used text,
	grand_total_unknown text,
	grand_total_totals text,
	faa_persnl_fatal text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_legacy_event IS 'Cleaned columns of a row of ntsb_staging.legacy_event, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_narratives AS (
	ev_id text,
	aircraft_key integer,
	narr_accp text,
	narr_accf text,
	narr_cause text,
	narr_inc text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_narratives IS 'Cleaned columns of a row of ntsb_staging.narratives, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_ntsb_admin AS (
	ev_id text,
	rec_stat text,
	approval_date date,
	lchg_userid text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_ntsb_admin IS 'Cleaned columns of a row of ntsb_staging.ntsb_admin, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_occurrences AS (
	ev_id text,
	aircraft_key integer,
	occurrence_no integer,
	occurrence_code integer,
	phase_of_flight integer,
	altitude integer,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_occurrences IS 'Cleaned columns of a row of ntsb_staging.occurrences, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_seq_of_events AS (
	ev_id text,
	aircraft_key integer,
	occurrence_no integer,
	seq_event_no integer,
	group_code smallint,
	subj_code integer,
	cause_factor text,
	modifier_code integer,
	person_code integer,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_seq_of_events IS 'Cleaned columns of a row of ntsb_staging.seq_of_events, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_sequence_group AS (
	ev_id text,
	aircraft_key integer,
	occurrence_no integer,
	sequence_no integer,
	event_group text,
	phase_group text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_sequence_group IS 'Cleaned columns of a row of ntsb_staging.sequence_group, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.clean_states AS (
	state text,
	name text,
	faa_region text,
	content_hash bytea,
	defects jsonb,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.clean_states IS 'Cleaned columns of a row of ntsb_staging.states, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_aircraft AS (
	ev_id text,
	aircraft_key integer,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_aircraft IS 'Columns that decide whether a row is new of a row of ntsb_staging.aircraft, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_case_record AS (
	ev_id text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_case_record IS 'Columns that decide whether a row is new of a row of ntsb_staging.case_record, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_country AS (
	country_code text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_country IS 'Columns that decide whether a row is new of a row of ntsb_staging.country, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_ct_iaids AS (
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_ct_iaids IS 'Columns that decide whether a row is new of a row of ntsb_staging.ct_iaids, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_ct_pre1982 AS (
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_ct_pre1982 IS 'Columns that decide whether a row is new of a row of ntsb_staging.ct_pre1982, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_ct_seqevt AS (
	code integer,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_ct_seqevt IS 'Columns that decide whether a row is new of a row of ntsb_staging.ct_seqevt, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_dt_aircraft AS (
	ev_id text,
	aircraft_key integer,
	col_name text,
	code text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_dt_aircraft IS 'Columns that decide whether a row is new of a row of ntsb_staging.dt_aircraft, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_dt_events AS (
	ev_id text,
	col_name text,
	code text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_dt_events IS 'Columns that decide whether a row is new of a row of ntsb_staging.dt_events, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_dt_flight_crew AS (
	ev_id text,
	aircraft_key integer,
	crew_no smallint,
	col_name text,
	code text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_dt_flight_crew IS 'Columns that decide whether a row is new of a row of ntsb_staging.dt_flight_crew, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_eadmspub_datadictionary AS (
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_eadmspub_datadictionary IS 'Columns that decide whether a row is new of a row of ntsb_staging.eadmspub_datadictionary, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_engines AS (
	ev_id text,
	aircraft_key integer,
	eng_no smallint,
	lchg_userid text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_engines IS 'Columns that decide whether a row is new of a row of ntsb_staging.engines, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_events AS (
	ev_id text,
	ev_date date,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_events IS 'Columns that decide whether a row is new of a row of ntsb_staging.events, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_events_sequence AS (
	ev_id text,
	aircraft_key integer,
	occurrence_no integer,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_events_sequence IS 'Columns that decide whether a row is new of a row of ntsb_staging.events_sequence, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_findings AS (
	ev_id text,
	aircraft_key integer,
	finding_no integer,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_findings IS 'Columns that decide whether a row is new of a row of ntsb_staging.findings, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_flight_crew AS (
	ev_id text,
	aircraft_key integer,
	crew_no smallint,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_flight_crew IS 'Columns that decide whether a row is new of a row of ntsb_staging.flight_crew, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_flight_time AS (
	ev_id text,
	aircraft_key integer,
	crew_no smallint,
	flight_type text,
	flight_craft text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_flight_time IS 'Columns that decide whether a row is new of a row of ntsb_staging.flight_time, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_injury AS (
	ev_id text,
	aircraft_key integer,
	inj_person_category text,
	injury_level text,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_injury IS 'Columns that decide whether a row is new of a row of ntsb_staging.injury, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_legacy_cause AS (
	ev_id text,
	aircraft_key integer,
	cause_no smallint,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_legacy_cause IS 'Columns that decide whether a row is new of a row of ntsb_staging.legacy_cause, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_legacy_event AS (
	ev_id text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_legacy_event IS 'Columns that decide whether a row is new of a row of ntsb_staging.legacy_event, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_narratives AS (
	ev_id text,
	aircraft_key integer,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_narratives IS 'Columns that decide whether a row is new of a row of ntsb_staging.narratives, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_ntsb_admin AS (
	ev_id text,
	lchg_userid text,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_ntsb_admin IS 'Columns that decide whether a row is new of a row of ntsb_staging.ntsb_admin, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_occurrences AS (
	ev_id text,
	aircraft_key integer,
	occurrence_no integer,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_occurrences IS 'Columns that decide whether a row is new of a row of ntsb_staging.occurrences, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_seq_of_events AS (
	ev_id text,
	aircraft_key integer,
	occurrence_no integer,
	seq_event_no integer,
	group_code smallint,
	lchg_date timestamp(0) without time zone,
	lchg_userid text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_seq_of_events IS 'Columns that decide whether a row is new of a row of ntsb_staging.seq_of_events, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_sequence_group AS (
	ev_id text,
	aircraft_key integer,
	occurrence_no integer,
	lchg_date timestamp(0) without time zone,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_sequence_group IS 'Columns that decide whether a row is new of a row of ntsb_staging.sequence_group, as returned by ntsb_internal.clean_row';
CREATE TYPE ntsb_staging.key_states AS (
	state text,
	content_hash bytea,
	rejected_by text
);
COMMENT ON TYPE ntsb_staging.key_states IS 'Columns that decide whether a row is new of a row of ntsb_staging.states, as returned by ntsb_internal.clean_row';
CREATE FUNCTION asrs.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        MESSAGE = format('%I.%I is append-only: %s is not allowed', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP),
        HINT = 'To correct a report, load a newer file. The log then has both values.';
END
$$;
COMMENT ON FUNCTION asrs.refuse_change() IS 'Trigger function: refuses UPDATE, DELETE and TRUNCATE on an append-only table';
CREATE FUNCTION ntsb.check_rule() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    functions text;
BEGIN
    SELECT n.nspname INTO functions
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_ntsb';
    IF FOUND THEN
        EXECUTE format('SELECT %I.ntsb_check_rule($1)', functions) USING to_jsonb(NEW) - 'built_in';
    END IF;
    RETURN NEW;
END
$_$;
COMMENT ON FUNCTION ntsb.check_rule() IS 'Trigger function: refuses a rule that cannot be applied';
CREATE FUNCTION ntsb.normalize_text(raw text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(CASE WHEN (octet_length(raw) = char_length(raw)) THEN raw ELSE translate(raw, '‘’‚‛′‵＇“”„‟«»‹›″〝〞〟＂‐‑‒–−﹣－—―              　­​‌‍⁠﻿'::text, '''''''''''''''"""""""""""""-------                 '::text) END, '-(?=[0-9])'::text, ' '::text, 'g'::text);
COMMENT ON FUNCTION ntsb.normalize_text(raw text) IS 'Normalises a text for search: typographic quotation marks, dashes and spaces become ASCII, soft hyphens and hyphens before digits are removed';
CREATE FUNCTION ntsb.notify_refresh() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_notify('ntsb_refresh', json_build_object('what', NEW.what, 'last_seq', NEW.last_seq)::text);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ntsb.notify_refresh() IS 'Trigger function: notifies channel ntsb_refresh that a derived part (star, search, a view) was refreshed';
CREATE FUNCTION ntsb.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        MESSAGE = format('%I.%I is append-only: %s is not allowed', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP),
        HINT = 'To correct a row, load a newer file. The log then has both values.';
END
$$;
COMMENT ON FUNCTION ntsb.refuse_change() IS 'Trigger function: refuses UPDATE, DELETE and TRUNCATE on an append-only table';
CREATE FUNCTION ntsb.refuse_model_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(new) - '{stage,stage_changed_at,stage_changed_by}'::text[]
                          = to_jsonb(old) - '{stage,stage_changed_at,stage_changed_by}'::text[] THEN
        IF (old.stage, new.stage) IN (('None', 'Staging'), ('Staging', 'Production'), ('Production', 'Archived'),
                                      ('None', 'Archived'), ('Staging', 'Archived')) THEN
            new.stage_changed_at := now();
            new.stage_changed_by := session_user;
            RETURN new;
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('model %s cannot go from %s to %s', old.model_id, old.stage, new.stage),
            HINT = 'Stages follow each other: None, Staging, Production. A model may be archived from any stage.';
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = format('model %s cannot be changed or deleted, except for its stage', old.model_id),
        HINT = 'Train or import another model. ntsb_promote_model(model_id, ''Archived'') retires this one.';
END
$$;
COMMENT ON FUNCTION ntsb.refuse_model_change() IS 'Trigger function: refuses to change or delete a model, except for valid changes of its stage';
CREATE FUNCTION ntsb.refuse_model_truncate() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = 'models cannot be deleted',
        HINT = 'ntsb_promote_model(model_id, ''Archived'') retires a model.';
END
$$;
COMMENT ON FUNCTION ntsb.refuse_model_truncate() IS 'Trigger function: refuses TRUNCATE on ntsb.model';
CREATE AGGREGATE ntsb.concat_words(tsvector) (
    SFUNC = tsvector_concat,
    STYPE = tsvector,
    INITCOND = '',
    PARALLEL = safe
);
COMMENT ON AGGREGATE ntsb.concat_words(tsvector) IS 'Concatenates tsvectors, as the operator || does';
CREATE TABLE asrs.aircraft (
    acn integer NOT NULL,
    aircraft_no smallint NOT NULL,
    atc_advisory text[],
    operator text,
    make_model text,
    zone text,
    crew_size integer,
    operating_under text,
    far_part text,
    flight_plan text,
    mission text[],
    nav_in_use text[],
    flight_phase text[],
    route_in_use text[],
    airspace text[],
    maintenance_deferred boolean,
    maintenance_records_complete boolean,
    released_for_service boolean,
    documents_on_board boolean,
    maintenance_type text,
    maintenance_items text[],
    cabin_lighting text,
    seats integer,
    passengers integer,
    flight_attendants integer,
    uas_authorization text[],
    uas_under_waiver boolean,
    uas_waivers text[],
    uas_airworthiness text,
    uas_weight text,
    uas_configuration text,
    uas_operation text,
    uas_visual_observer boolean,
    uas_control_mode text,
    uas_flying_near text[],
    uas_passenger_capable boolean,
    uas_type text,
    uas_controlled integer
);
COMMENT ON TABLE asrs.aircraft IS 'Aircraft of voluntary reports';
COMMENT ON COLUMN asrs.aircraft.acn IS 'Accession number of the report';
COMMENT ON COLUMN asrs.aircraft.aircraft_no IS 'Number of the aircraft in the report, from 1';
COMMENT ON COLUMN asrs.aircraft.atc_advisory IS 'Air traffic control and advisory facilities';
COMMENT ON COLUMN asrs.aircraft.operator IS 'Kind of operator, such as Air Carrier';
COMMENT ON COLUMN asrs.aircraft.make_model IS 'Make and model as ASRS writes them, such as B737-700; ASRS also uses classes, such as Small Aircraft; Low Wing; 1 Eng; Fixed Gear';
COMMENT ON COLUMN asrs.aircraft.zone IS 'Zone of the aircraft';
COMMENT ON COLUMN asrs.aircraft.crew_size IS 'Number of flight crew members';
COMMENT ON COLUMN asrs.aircraft.operating_under IS 'Regulations operated under, as written, such as Part 91 or Other 107';
COMMENT ON COLUMN asrs.aircraft.far_part IS 'Part of the Federal Aviation Regulations in operating_under, such as 91';
COMMENT ON COLUMN asrs.aircraft.flight_plan IS 'Kind of flight plan: VFR, IFR, SVFR, DVFR or None';
COMMENT ON COLUMN asrs.aircraft.mission IS 'Missions, such as Passenger';
COMMENT ON COLUMN asrs.aircraft.nav_in_use IS 'Navigation aids in use';
COMMENT ON COLUMN asrs.aircraft.flight_phase IS 'Phases of flight';
COMMENT ON COLUMN asrs.aircraft.route_in_use IS 'Routes in use';
COMMENT ON COLUMN asrs.aircraft.airspace IS 'Classes of airspace';
COMMENT ON COLUMN asrs.aircraft.maintenance_deferred IS 'Whether maintenance was deferred';
COMMENT ON COLUMN asrs.aircraft.maintenance_records_complete IS 'Whether the maintenance records were complete';
COMMENT ON COLUMN asrs.aircraft.released_for_service IS 'Whether the aircraft was released for service';
COMMENT ON COLUMN asrs.aircraft.documents_on_board IS 'Whether the required, correct documents were on board';
COMMENT ON COLUMN asrs.aircraft.maintenance_type IS 'Scheduled or unscheduled maintenance';
COMMENT ON COLUMN asrs.aircraft.maintenance_items IS 'Maintenance work concerned, such as Repair';
COMMENT ON COLUMN asrs.aircraft.cabin_lighting IS 'Cabin lighting: High, Medium, Low or Off';
COMMENT ON COLUMN asrs.aircraft.seats IS 'Number of seats';
COMMENT ON COLUMN asrs.aircraft.passengers IS 'Number of passengers on board';
COMMENT ON COLUMN asrs.aircraft.flight_attendants IS 'Number of flight attendants';
COMMENT ON COLUMN asrs.aircraft.uas_authorization IS 'Unmanned aircraft: providers of the airspace authorization';
COMMENT ON COLUMN asrs.aircraft.uas_under_waiver IS 'Unmanned aircraft: operated under a waiver, exemption or authorization';
COMMENT ON COLUMN asrs.aircraft.uas_waivers IS 'Unmanned aircraft: waivers, exemptions and authorizations';
COMMENT ON COLUMN asrs.aircraft.uas_airworthiness IS 'Unmanned aircraft: airworthiness certification';
COMMENT ON COLUMN asrs.aircraft.uas_weight IS 'Unmanned aircraft: weight category';
COMMENT ON COLUMN asrs.aircraft.uas_configuration IS 'Unmanned aircraft: configuration, such as Multi-Rotor';
COMMENT ON COLUMN asrs.aircraft.uas_operation IS 'Unmanned aircraft: operated as';
COMMENT ON COLUMN asrs.aircraft.uas_visual_observer IS 'Unmanned aircraft: whether there was a visual observer';
COMMENT ON COLUMN asrs.aircraft.uas_control_mode IS 'Unmanned aircraft: control mode';
COMMENT ON COLUMN asrs.aircraft.uas_flying_near IS 'Unmanned aircraft: what it flew in, near or over';
COMMENT ON COLUMN asrs.aircraft.uas_passenger_capable IS 'Unmanned aircraft: whether it can carry passengers';
COMMENT ON COLUMN asrs.aircraft.uas_type IS 'Unmanned aircraft: type';
COMMENT ON COLUMN asrs.aircraft.uas_controlled IS 'Unmanned aircraft: number controlled at once';
CREATE TABLE asrs.change_log (
    seq bigint NOT NULL,
    load_id bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    acn integer NOT NULL,
    action text NOT NULL,
    old_hash bytea,
    new_hash bytea NOT NULL,
    changes jsonb,
    entry_hash bytea NOT NULL,
    CONSTRAINT change_log_action_check CHECK ((action = ANY (ARRAY['insert'::text, 'update'::text])))
);
COMMENT ON TABLE asrs.change_log IS 'Every insert and update of a voluntary report, in order; append-only, each entry chained to the previous one by hash, as ntsb.change_log';
COMMENT ON COLUMN asrs.change_log.seq IS 'Number of the entry, from 1, without gaps';
COMMENT ON COLUMN asrs.change_log.load_id IS 'Load that made the change; see asrs.load';
COMMENT ON COLUMN asrs.change_log.changed_at IS 'Start of the transaction that made the change';
COMMENT ON COLUMN asrs.change_log.acn IS 'Accession number of the report';
COMMENT ON COLUMN asrs.change_log.action IS 'insert: new report; update: content changed';
COMMENT ON COLUMN asrs.change_log.old_hash IS 'content_hash before; null for an insert';
COMMENT ON COLUMN asrs.change_log.new_hash IS 'content_hash after';
COMMENT ON COLUMN asrs.change_log.changes IS 'Changed members of ntsb_asrs_report(acn) with their values: {"light": {"old": "Dusk", "new": "Night"}}; null for an insert';
COMMENT ON COLUMN asrs.change_log.entry_hash IS 'SHA-256 over the entry_hash of the previous entry and this entry';
CREATE TABLE asrs.event (
    acn integer NOT NULL,
    anomaly text[],
    miss_horizontal_ft numeric,
    miss_vertical_ft numeric,
    passengers_involved boolean,
    detector text[],
    when_detected text[],
    result text[]
);
COMMENT ON TABLE asrs.event IS 'What happened according to voluntary reports, in the terms of ASRS; one row per report';
COMMENT ON COLUMN asrs.event.acn IS 'Accession number of the report';
COMMENT ON COLUMN asrs.event.anomaly IS 'Anomalies, such as Conflict NMAC';
COMMENT ON COLUMN asrs.event.miss_horizontal_ft IS 'Horizontal miss distance, feet';
COMMENT ON COLUMN asrs.event.miss_vertical_ft IS 'Vertical miss distance, feet';
COMMENT ON COLUMN asrs.event.passengers_involved IS 'Whether passengers were involved';
COMMENT ON COLUMN asrs.event.detector IS 'Who or what detected it';
COMMENT ON COLUMN asrs.event.when_detected IS 'When it was detected';
COMMENT ON COLUMN asrs.event.result IS 'Results, such as Flight Crew Diverted';
CREATE TABLE asrs.load (
    load_id bigint NOT NULL,
    source text NOT NULL,
    digest text,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL,
    staged bigint NOT NULL,
    inserted bigint NOT NULL,
    updated bigint NOT NULL,
    unchanged bigint NOT NULL,
    rejected bigint NOT NULL,
    rejections jsonb DEFAULT '[]'::jsonb NOT NULL
);
COMMENT ON TABLE asrs.load IS 'Loads of reports, one row per file';
COMMENT ON COLUMN asrs.load.load_id IS 'Number of the load';
COMMENT ON COLUMN asrs.load.source IS 'Name of the file';
COMMENT ON COLUMN asrs.load.digest IS 'SHA-256 of the file, hexadecimal';
COMMENT ON COLUMN asrs.load.loaded_at IS 'Start of the transaction that stored the reports';
COMMENT ON COLUMN asrs.load.staged IS 'Rows of the file';
COMMENT ON COLUMN asrs.load.inserted IS 'Reports that were new';
COMMENT ON COLUMN asrs.load.updated IS 'Reports that differed from the stored ones';
COMMENT ON COLUMN asrs.load.unchanged IS 'Reports that were stored already, or occur again in the file with the same content';
COMMENT ON COLUMN asrs.load.rejected IS 'Rows that were not stored';
COMMENT ON COLUMN asrs.load.rejections IS 'The first 100 rejected rows: line, acn and reason';
ALTER TABLE asrs.load ALTER COLUMN load_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME asrs.load_load_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE asrs.narrative (
    acn integer NOT NULL,
    narrative_no smallint NOT NULL,
    narrative text,
    callback text
);
COMMENT ON TABLE asrs.narrative IS 'Narratives of voluntary reports, one row per reporter';
COMMENT ON COLUMN asrs.narrative.acn IS 'Accession number of the report';
COMMENT ON COLUMN asrs.narrative.narrative_no IS 'Number of the narrative in the report, from 1';
COMMENT ON COLUMN asrs.narrative.narrative IS 'Narrative of the reporter';
COMMENT ON COLUMN asrs.narrative.callback IS 'What the reporter added when ASRS called back';
CREATE TABLE asrs.person (
    acn integer NOT NULL,
    person_no smallint NOT NULL,
    location text,
    location_in_aircraft text,
    organization text,
    function text[],
    qualification text[],
    experience jsonb,
    flight_hours_total numeric,
    flight_hours_90_days numeric,
    flight_hours_type numeric,
    cabin_activity text[],
    human_factors text[],
    communication_breakdown text[],
    uas_communication_breakdown text[],
    report_acn integer
);
COMMENT ON TABLE asrs.person IS 'Reporters of voluntary reports; ASRS removes names';
COMMENT ON COLUMN asrs.person.acn IS 'Accession number of the report';
COMMENT ON COLUMN asrs.person.person_no IS 'Number of the person in the report, from 1';
COMMENT ON COLUMN asrs.person.location IS 'Where the person was, such as Aircraft X or Facility ZZZ.TRACON';
COMMENT ON COLUMN asrs.person.location_in_aircraft IS 'Where in the aircraft the person was';
COMMENT ON COLUMN asrs.person.organization IS 'Kind of organization, such as Air Carrier';
COMMENT ON COLUMN asrs.person.function IS 'Functions, such as Captain and Pilot Flying';
COMMENT ON COLUMN asrs.person.qualification IS 'Certificates and ratings';
COMMENT ON COLUMN asrs.person.experience IS 'All numbers of the experience by label: hours, or years or months where the label says so';
COMMENT ON COLUMN asrs.person.flight_hours_total IS 'Flight hours, total';
COMMENT ON COLUMN asrs.person.flight_hours_90_days IS 'Flight hours in the last 90 days';
COMMENT ON COLUMN asrs.person.flight_hours_type IS 'Flight hours in the type of aircraft';
COMMENT ON COLUMN asrs.person.cabin_activity IS 'Activities in the cabin';
COMMENT ON COLUMN asrs.person.human_factors IS 'Human factors, such as Fatigue';
COMMENT ON COLUMN asrs.person.communication_breakdown IS 'Parties of a communication breakdown, as Party1 and Party2';
COMMENT ON COLUMN asrs.person.uas_communication_breakdown IS 'Unmanned aircraft: parties of a communication breakdown';
COMMENT ON COLUMN asrs.person.report_acn IS 'Accession number of the person''s own report; acn for the first one as a rule';
CREATE TABLE asrs.report (
    acn integer NOT NULL,
    year smallint NOT NULL,
    month smallint NOT NULL,
    local_time text,
    locale text,
    state text,
    radial_deg integer,
    distance_nm numeric,
    altitude_agl_ft integer,
    altitude_msl_ft integer,
    uas_position text,
    flight_conditions text,
    weather text[],
    visibility_sm numeric,
    work_environment text[],
    light text,
    ceiling_ft integer,
    is_sky_clear boolean,
    rvr_ft integer,
    component text,
    component_manufacturer text,
    component_aircraft text,
    component_problem text[],
    contributing_factors text[],
    primary_problem text,
    synopsis text,
    unread text[],
    words tsvector NOT NULL,
    content_hash bytea NOT NULL,
    first_load bigint NOT NULL,
    last_load bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT report_acn_check CHECK ((acn > 0)),
    CONSTRAINT report_month_check CHECK (((month >= 1) AND (month <= 12)))
);
COMMENT ON TABLE asrs.report IS 'Voluntary reports: when, where and in which conditions, as the reporter states. Unverified; never counted with accidents';
COMMENT ON COLUMN asrs.report.acn IS 'Accession number of the report';
COMMENT ON COLUMN asrs.report.year IS 'Year of the occurrence';
COMMENT ON COLUMN asrs.report.month IS 'Month of the occurrence; ASRS withholds the day';
COMMENT ON COLUMN asrs.report.local_time IS 'Quarter of the day, local time: 0001-0600, 0601-1200, 1201-1800 or 1801-2400';
COMMENT ON COLUMN asrs.report.locale IS 'Place, such as ZZZ.Airport; ZZZ stands for a withheld name';
COMMENT ON COLUMN asrs.report.state IS 'State, US where it is withheld, or FO (foreign)';
COMMENT ON COLUMN asrs.report.radial_deg IS 'Bearing from the place, degrees';
COMMENT ON COLUMN asrs.report.distance_nm IS 'Distance from the place, nautical miles';
COMMENT ON COLUMN asrs.report.altitude_agl_ft IS 'Height above ground, feet';
COMMENT ON COLUMN asrs.report.altitude_msl_ft IS 'Altitude above mean sea level, feet';
COMMENT ON COLUMN asrs.report.uas_position IS 'Latitude and longitude of an unmanned aircraft, as written';
COMMENT ON COLUMN asrs.report.flight_conditions IS 'VMC, IMC, Mixed or Marginal';
COMMENT ON COLUMN asrs.report.weather IS 'Weather elements, such as Fog';
COMMENT ON COLUMN asrs.report.visibility_sm IS 'Visibility, statute miles';
COMMENT ON COLUMN asrs.report.work_environment IS 'Factors of the work environment';
COMMENT ON COLUMN asrs.report.light IS 'Daylight, Dawn, Night or Dusk';
COMMENT ON COLUMN asrs.report.ceiling_ft IS 'Ceiling, feet; null if unknown or the sky is clear';
COMMENT ON COLUMN asrs.report.is_sky_clear IS 'True if the report states a clear sky (CLR) as the ceiling';
COMMENT ON COLUMN asrs.report.rvr_ft IS 'Runway visual range, feet';
COMMENT ON COLUMN asrs.report.component IS 'Aircraft component concerned';
COMMENT ON COLUMN asrs.report.component_manufacturer IS 'Manufacturer of the component';
COMMENT ON COLUMN asrs.report.component_aircraft IS 'Aircraft that has the component: X is the first';
COMMENT ON COLUMN asrs.report.component_problem IS 'Problems of the component';
COMMENT ON COLUMN asrs.report.contributing_factors IS 'Contributing factors and situations, assessed by ASRS from the report';
COMMENT ON COLUMN asrs.report.primary_problem IS 'Primary problem, assessed by ASRS from the report';
COMMENT ON COLUMN asrs.report.synopsis IS 'Summary by ASRS';
COMMENT ON COLUMN asrs.report.unread IS 'Values that no column holds, as name=value: unreadable numbers and unknown fields';
COMMENT ON COLUMN asrs.report.words IS 'Full-text search vector with weights: A synopsis, B aircraft, place and component, C anomalies, factors and results, D narratives';
COMMENT ON COLUMN asrs.report.content_hash IS 'SHA-256 of ntsb_asrs_report(acn), as ntsb_content_hash computes it';
COMMENT ON COLUMN asrs.report.first_load IS 'Load that inserted the report; see asrs.load';
COMMENT ON COLUMN asrs.report.last_load IS 'Load that last changed the report';
COMMENT ON COLUMN asrs.report.changed_at IS 'Start of the transaction that last changed the report';
CREATE VIEW asrs.report_value AS
 SELECT v.acn,
    v.subject,
    v.subject_no,
    v.field,
    (i."position")::integer AS "position",
    i.value
   FROM (( SELECT r.acn,
            'report'::text AS subject,
            (1)::smallint AS subject_no,
            f.field,
            f.items
           FROM (asrs.report r
             CROSS JOIN LATERAL ( VALUES ('weather'::text,r.weather), ('work_environment'::text,r.work_environment), ('component_problem'::text,r.component_problem), ('contributing_factors'::text,r.contributing_factors)) f(field, items))
        UNION ALL
         SELECT e.acn,
            'event'::text,
            (1)::smallint AS int2,
            f.field,
            f.items
           FROM (asrs.event e
             CROSS JOIN LATERAL ( VALUES ('anomaly'::text,e.anomaly), ('detector'::text,e.detector), ('when_detected'::text,e.when_detected), ('result'::text,e.result)) f(field, items))
        UNION ALL
         SELECT a.acn,
            'aircraft'::text,
            a.aircraft_no,
            f.field,
            f.items
           FROM (asrs.aircraft a
             CROSS JOIN LATERAL ( VALUES ('atc_advisory'::text,a.atc_advisory), ('mission'::text,a.mission), ('nav_in_use'::text,a.nav_in_use), ('flight_phase'::text,a.flight_phase), ('route_in_use'::text,a.route_in_use), ('airspace'::text,a.airspace), ('maintenance_items'::text,a.maintenance_items), ('uas_authorization'::text,a.uas_authorization), ('uas_waivers'::text,a.uas_waivers), ('uas_flying_near'::text,a.uas_flying_near)) f(field, items))
        UNION ALL
         SELECT p.acn,
            'person'::text,
            p.person_no,
            f.field,
            f.items
           FROM (asrs.person p
             CROSS JOIN LATERAL ( VALUES ('function'::text,p.function), ('qualification'::text,p.qualification), ('cabin_activity'::text,p.cabin_activity), ('human_factors'::text,p.human_factors), ('communication_breakdown'::text,p.communication_breakdown), ('uas_communication_breakdown'::text,p.uas_communication_breakdown)) f(field, items))) v
     CROSS JOIN LATERAL unnest(v.items) WITH ORDINALITY i(value, "position"));
COMMENT ON VIEW asrs.report_value IS 'The split values of fields with several values, one row per value';
COMMENT ON COLUMN asrs.report_value.acn IS 'Accession number of the report';
COMMENT ON COLUMN asrs.report_value.subject IS 'Table of the field: report, event, aircraft or person';
COMMENT ON COLUMN asrs.report_value.subject_no IS 'Number of the aircraft or person; 1 otherwise';
COMMENT ON COLUMN asrs.report_value.field IS 'Column that holds the values';
COMMENT ON COLUMN asrs.report_value."position" IS 'Position of the value in the field, from 1';
COMMENT ON COLUMN asrs.report_value.value IS 'One value, such as Conflict NMAC';
CREATE TABLE ntsb.fact_accidents (
    accident_id integer NOT NULL,
    ev_id text NOT NULL,
    ntsb_no text,
    mkey integer,
    ev_type text,
    ev_date date,
    ev_year smallint NOT NULL,
    ev_month smallint,
    ev_time smallint,
    ev_tmzn text,
    occurred_at timestamp with time zone,
    local_date date,
    local_time time without time zone,
    local_hour smallint,
    time_zone text,
    sun_elevation double precision,
    daylight text,
    ev_city text,
    ev_state text,
    ev_country text,
    is_domestic boolean,
    lat double precision,
    lon double precision,
    nearest_airport_id text,
    nearest_airport_km double precision,
    severity text,
    highest_injury text,
    fatalities integer,
    serious integer,
    minor integer,
    uninjured integer,
    wx_cond_basic text,
    light_cond text,
    aircraft_count smallint NOT NULL,
    is_mid_air boolean,
    is_us_civil_accident boolean NOT NULL,
    is_general_aviation boolean NOT NULL,
    damage text,
    damage_cost_usd numeric(14,2),
    acft_make text,
    acft_model text,
    acft_family text,
    acft_category text,
    regis_no text,
    is_amateur_built boolean,
    aircraft_age_years smallint,
    far_part text,
    type_fly text,
    engine_count smallint,
    engine_type text,
    engine_make text,
    engine_model text,
    pilot_age smallint,
    pilot_total_hours real,
    pilot_make_hours real,
    pilot_certificate text,
    is_student_pilot boolean,
    era text,
    phase_code text,
    phase text,
    defining_event text,
    first_finding text,
    cause_category text,
    has_findings boolean NOT NULL,
    has_probable_cause boolean NOT NULL,
    report_status text,
    is_final boolean NOT NULL,
    ntsb_docket integer,
    place text,
    aircraft text,
    probable_cause text,
    aircraft_key integer,
    crew_no smallint,
    time_id integer NOT NULL,
    location_id integer NOT NULL,
    aircraft_id integer NOT NULL,
    crew_id integer NOT NULL,
    weather_id integer NOT NULL,
    occurrence_cause_id integer NOT NULL,
    finding_cause_id integer NOT NULL,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE ntsb.fact_accidents IS 'The facts of each event that is not withdrawn, one row each, as of the last CALL ntsb_refresh_star(). Facts are defined only here (docs/adr/0021-accident-facts.md). ntsb.accidents adds the meanings of codes';
COMMENT ON COLUMN ntsb.fact_accidents.accident_id IS 'Surrogate key; changes with ntsb_rebuild_star';
COMMENT ON COLUMN ntsb.fact_accidents.ev_id IS 'NTSB''s identifier of the event, 14 characters';
COMMENT ON COLUMN ntsb.fact_accidents.ntsb_no IS 'NTSB''s investigation number, used by its web pages';
COMMENT ON COLUMN ntsb.fact_accidents.mkey IS 'Case key in NTSB''s API and ProjectID of the docket, taken from the ev_id; null before September 2020';
COMMENT ON COLUMN ntsb.fact_accidents.ev_type IS 'ACC accident, INC incident';
COMMENT ON COLUMN ntsb.fact_accidents.ev_date IS 'Date of the event; UTC if ev_tmzn says so (rows written since 2020), otherwise local';
COMMENT ON COLUMN ntsb.fact_accidents.ev_year IS 'Year of ev_date; if that is null, the year in the file';
COMMENT ON COLUMN ntsb.fact_accidents.ev_month IS 'Month, 1 to 12: that of the file, or else of ev_date';
COMMENT ON COLUMN ntsb.fact_accidents.ev_time IS 'Clock time as HHMM (825 is 08:25), in the zone of ev_tmzn';
COMMENT ON COLUMN ntsb.fact_accidents.ev_tmzn IS 'Time zone of ev_date and ev_time; null means local time';
COMMENT ON COLUMN ntsb.fact_accidents.occurred_at IS 'Timestamp of the event; null if its time or its time zone is unknown';
COMMENT ON COLUMN ntsb.fact_accidents.local_date IS 'Local date of the event; null if the file gives UTC and the local time zone or the time is unknown';
COMMENT ON COLUMN ntsb.fact_accidents.local_time IS 'Local time of the event; null if unknown';
COMMENT ON COLUMN ntsb.fact_accidents.local_hour IS 'Hour of local_time, 0 to 23';
COMMENT ON COLUMN ntsb.fact_accidents.time_zone IS 'IANA name of the time zone at the coordinates; a nautical zone (Etc/GMT+10) at sea';
COMMENT ON COLUMN ntsb.fact_accidents.sun_elevation IS 'Elevation of the sun above the horizon at occurred_at in degrees, without refraction';
COMMENT ON COLUMN ntsb.fact_accidents.daylight IS 'Computed from sun_elevation: Day (above -0.833 degrees), Civil twilight (above -6), Night; light_cond is what NTSB reports';
COMMENT ON COLUMN ntsb.fact_accidents.ev_city IS 'City or place, standardised by ntsb_standard_city';
COMMENT ON COLUMN ntsb.fact_accidents.ev_state IS 'State, territory or sea area, two letters; null abroad';
COMMENT ON COLUMN ntsb.fact_accidents.ev_country IS 'NTSB''s country code: USA or a two-letter FIPS code; null if missing';
COMMENT ON COLUMN ntsb.fact_accidents.is_domestic IS 'In the territory of the United States, by country and state. If both are null: false if the investigation is foreign (class W or R of ntsb_no) or the flight was under foreign rules (NUSC, NUSN); null if unknown';
COMMENT ON COLUMN ntsb.fact_accidents.lat IS 'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.fact_accidents.lon IS 'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.fact_accidents.nearest_airport_id IS 'Nearest airport of ntsb.airport; null if no list is loaded';
COMMENT ON COLUMN ntsb.fact_accidents.nearest_airport_km IS 'Distance to the nearest airport in kilometres on the spheroid';
COMMENT ON COLUMN ntsb.fact_accidents.severity IS 'FATL if NTSB reports it or counts fatalities; otherwise the highest injury: SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.fact_accidents.highest_injury IS 'Highest injury as in the file: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.fact_accidents.fatalities IS 'People killed, including people on the ground; 0 if the severity excludes fatalities; null if unknown';
COMMENT ON COLUMN ntsb.fact_accidents.serious IS 'People seriously injured; 0 if the file has other counts or the severity excludes them; null if unknown';
COMMENT ON COLUMN ntsb.fact_accidents.minor IS 'People with minor injuries; 0 and null as for serious';
COMMENT ON COLUMN ntsb.fact_accidents.uninjured IS 'People without injuries; 0 and null as for serious';
COMMENT ON COLUMN ntsb.fact_accidents.wx_cond_basic IS 'VMC visual, IMC instrument meteorological conditions';
COMMENT ON COLUMN ntsb.fact_accidents.light_cond IS 'Light conditions as NTSB reports them: DAYL, DUSK, NDRK, …';
COMMENT ON COLUMN ntsb.fact_accidents.aircraft_count IS 'Number of aircraft involved';
COMMENT ON COLUMN ntsb.fact_accidents.is_mid_air IS 'Mid-air collision';
COMMENT ON COLUMN ntsb.fact_accidents.is_us_civil_accident IS 'Counted in NTSB''s yearly statistics: an accident (ACC) with any US-registered aircraft, anywhere';
COMMENT ON COLUMN ntsb.fact_accidents.is_general_aviation IS 'is_us_civil_accident without any aircraft under parts 121, 129 or 135; if the part is missing, a coded service (oper_sched) means one of them';
COMMENT ON COLUMN ntsb.fact_accidents.damage IS 'Worst damage to an aircraft: DEST, SUBS, MINR, NONE';
COMMENT ON COLUMN ntsb.fact_accidents.damage_cost_usd IS 'Cost of the damage in US dollars; null unless you fill it, because NTSB does not publish it';
COMMENT ON COLUMN ntsb.fact_accidents.acft_make IS 'Maker of the first aircraft, standardised by ntsb_standard_make';
COMMENT ON COLUMN ntsb.fact_accidents.acft_model IS 'Model of the first aircraft, standardised by ntsb_standard_model';
COMMENT ON COLUMN ntsb.fact_accidents.acft_family IS 'Family of acft_model: 172 for 172N, R172K and F172N; see ntsb_aircraft_family';
COMMENT ON COLUMN ntsb.fact_accidents.acft_category IS 'Category of the first aircraft: AIR, HELI, …';
COMMENT ON COLUMN ntsb.fact_accidents.regis_no IS 'Registration mark of the first aircraft';
COMMENT ON COLUMN ntsb.fact_accidents.is_amateur_built IS 'Whether the first aircraft is amateur-built';
COMMENT ON COLUMN ntsb.fact_accidents.aircraft_age_years IS 'Age of the first aircraft: year of the event minus year of manufacture, which is NTSB''s (acft_year) or else that of the FAA registry; null if unknown or outside 0 to 120';
COMMENT ON COLUMN ntsb.fact_accidents.far_part IS 'FAR part of the first aircraft''s flight: 091, 121, …';
COMMENT ON COLUMN ntsb.fact_accidents.type_fly IS 'Purpose of the first aircraft''s flight: PERS, INST, …';
COMMENT ON COLUMN ntsb.fact_accidents.engine_count IS 'Number of engines of the first aircraft, as reported, or else the number of engines listed';
COMMENT ON COLUMN ntsb.fact_accidents.engine_type IS 'Type of the first engine of that aircraft: REC, TP, TF, …';
COMMENT ON COLUMN ntsb.fact_accidents.engine_make IS 'Maker of that engine, standardised spelling';
COMMENT ON COLUMN ntsb.fact_accidents.engine_model IS 'Model of that engine, as in the file';
COMMENT ON COLUMN ntsb.fact_accidents.pilot_age IS 'Age in years of the pilot in command of the first aircraft; null if outside 10 to 110';
COMMENT ON COLUMN ntsb.fact_accidents.pilot_total_hours IS 'Total flight hours of that pilot';
COMMENT ON COLUMN ntsb.fact_accidents.pilot_make_hours IS 'Flight hours of that pilot in this make and model';
COMMENT ON COLUMN ntsb.fact_accidents.pilot_certificate IS 'Highest certificate of that pilot: ATP, COMM, PRI, STU, …';
COMMENT ON COLUMN ntsb.fact_accidents.is_student_pilot IS 'Whether that pilot''s highest certificate is a student certificate; null if no certificate is known';
COMMENT ON COLUMN ntsb.fact_accidents.era IS 'Coding era of phase_code and defining_event, by its first year: 2008, 1982 or 1962; see ntsb.dim_causes';
COMMENT ON COLUMN ntsb.fact_accidents.phase_code IS 'Phase of flight of the defining occurrence, in the codes of its era';
COMMENT ON COLUMN ntsb.fact_accidents.phase IS 'Phase group, the same in all eras; see ntsb_phase_group';
COMMENT ON COLUMN ntsb.fact_accidents.defining_event IS 'Code of the defining occurrence: the one flagged by NTSB, or else the first';
COMMENT ON COLUMN ntsb.fact_accidents.first_finding IS 'Code of the first finding';
COMMENT ON COLUMN ntsb.fact_accidents.cause_category IS 'Category of the first finding: Aircraft, Personnel, Environment, Organization, Not determined';
COMMENT ON COLUMN ntsb.fact_accidents.has_findings IS 'Whether NTSB has published findings';
COMMENT ON COLUMN ntsb.fact_accidents.has_probable_cause IS 'Whether NTSB has published the text of a probable cause';
COMMENT ON COLUMN ntsb.fact_accidents.report_status IS 'ntsb_admin.rec_stat: P preliminary, F factual, B probable cause adopted';
COMMENT ON COLUMN ntsb.fact_accidents.is_final IS 'Whether the report is final: report_status B or F';
COMMENT ON COLUMN ntsb.fact_accidents.ntsb_docket IS 'Docket number as in the file';
COMMENT ON COLUMN ntsb.fact_accidents.place IS 'City, state, and country unless USA, as display text';
COMMENT ON COLUMN ntsb.fact_accidents.aircraft IS 'Make, model and registration mark of each aircraft, as display text';
COMMENT ON COLUMN ntsb.fact_accidents.probable_cause IS 'NTSB''s text of the probable cause, from the first aircraft that has one; null until it is adopted';
COMMENT ON COLUMN ntsb.fact_accidents.aircraft_key IS 'NTSB''s number of the first aircraft within the event, as in ntsb.aircraft; null if there is no aircraft';
COMMENT ON COLUMN ntsb.fact_accidents.crew_no IS 'Number of the pilot in command of that aircraft, as in ntsb.flight_crew; null if unknown';
COMMENT ON COLUMN ntsb.fact_accidents.time_id IS 'Day of the event in ntsb.dim_time; 0 if unknown';
COMMENT ON COLUMN ntsb.fact_accidents.location_id IS 'Place of the event in ntsb.dim_location; 0 if unknown';
COMMENT ON COLUMN ntsb.fact_accidents.aircraft_id IS 'First aircraft in ntsb.dim_aircraft, in its configuration of that day; ntsb.bridge_event_aircraft has all aircraft';
COMMENT ON COLUMN ntsb.fact_accidents.crew_id IS 'Pilot in command of the first aircraft in ntsb.dim_crew; ntsb.bridge_event_crew has all crew members';
COMMENT ON COLUMN ntsb.fact_accidents.weather_id IS 'Weather in ntsb.dim_weather; 0 if unknown';
COMMENT ON COLUMN ntsb.fact_accidents.occurrence_cause_id IS 'Defining occurrence in ntsb.dim_causes; ntsb.bridge_event_cause has all occurrences';
COMMENT ON COLUMN ntsb.fact_accidents.finding_cause_id IS 'First finding in ntsb.dim_causes; ntsb.bridge_event_cause has all findings';
COMMENT ON COLUMN ntsb.fact_accidents.geog IS 'lat and lon as a PostGIS point';
COMMENT ON COLUMN ntsb.fact_accidents.created_at IS 'When a refresh first inserted the row';
COMMENT ON COLUMN ntsb.fact_accidents.updated_at IS 'When a refresh last changed the row';
CREATE MATERIALIZED VIEW ntsb.mv_accident_cube AS
 SELECT concat_ws('|'::text, COALESCE((f.ev_year)::text, '-'::text), COALESCE(f.severity, '-'::text), COALESCE(f.ev_state, '-'::text), COALESCE(f.acft_make, '-'::text), COALESCE((f.is_domestic)::text, '-'::text)) AS row_key,
    f.ev_year,
    f.severity,
    f.ev_state,
    f.acft_make,
    f.is_domestic,
    count(*) AS events,
    NULLIF(sum(f.fatalities), 0) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count
   FROM ntsb.fact_accidents f
  GROUP BY f.ev_year, f.severity, f.ev_state, f.acft_make, f.is_domestic
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_accident_cube IS 'Events and fatalities by year, severity, state, maker of the first aircraft, and domestic or not: sum events for any coarser grouping';
COMMENT ON COLUMN ntsb.mv_accident_cube.row_key IS 'The grouping columns as one text: a unique key without nulls';
COMMENT ON COLUMN ntsb.mv_accident_cube.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_accident_cube.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.mv_accident_cube.ev_state IS 'State, territory or sea area; null abroad';
COMMENT ON COLUMN ntsb.mv_accident_cube.acft_make IS 'Maker, standardised spelling';
COMMENT ON COLUMN ntsb.mv_accident_cube.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.mv_accident_cube.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_accident_cube.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_accident_cube.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE VIEW ntsb.accident_cube AS
 SELECT mv_accident_cube.row_key,
    mv_accident_cube.ev_year,
    mv_accident_cube.severity,
    mv_accident_cube.ev_state,
    mv_accident_cube.acft_make,
    mv_accident_cube.is_domestic,
    mv_accident_cube.events,
    mv_accident_cube.fatalities,
    mv_accident_cube.fatal_events_without_count
   FROM ntsb.mv_accident_cube;
COMMENT ON VIEW ntsb.accident_cube IS 'Events and fatalities by year, severity, state, maker of the first aircraft, and domestic or not: sum events for any coarser grouping';
COMMENT ON COLUMN ntsb.accident_cube.row_key IS 'The grouping columns as one text: a unique key without nulls';
COMMENT ON COLUMN ntsb.accident_cube.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.accident_cube.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.accident_cube.ev_state IS 'State, territory or sea area; null abroad';
COMMENT ON COLUMN ntsb.accident_cube.acft_make IS 'Maker, standardised spelling';
COMMENT ON COLUMN ntsb.accident_cube.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.accident_cube.events IS 'Number of events';
COMMENT ON COLUMN ntsb.accident_cube.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.accident_cube.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE TABLE ntsb.aircraft (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    regis_no text,
    ntsb_no text,
    acft_missing text,
    far_part text,
    flt_plan_filed text,
    flight_plan_activated text,
    damage text,
    acft_fire text,
    acft_expl text,
    acft_make text,
    acft_model text,
    acft_series text,
    acft_serial_no text,
    cert_max_gr_wt integer,
    acft_category text,
    acft_reg_cls text,
    homebuilt text,
    fc_seats integer,
    cc_seats integer,
    pax_seats integer,
    total_seats smallint,
    num_eng smallint,
    fixed_retractable text,
    type_last_insp text,
    date_last_insp date,
    afm_hrs_last_insp real,
    afm_hrs real,
    elt_install text,
    elt_oper text,
    elt_aided_loc_ev text,
    elt_type text,
    owner_acft text,
    owner_street text,
    owner_city text,
    owner_state text,
    owner_country text,
    owner_zip text,
    oper_individual_name text,
    oper_name text,
    oper_same text,
    oper_dba text,
    oper_addr_same text,
    oper_street text,
    oper_city text,
    oper_state text,
    oper_country text,
    oper_zip text,
    oper_code text,
    certs_held text,
    oprtng_cert text,
    oper_cert text,
    oper_cert_num text,
    oper_sched text,
    oper_dom_int text,
    oper_pax_cargo text,
    type_fly text,
    second_pilot text,
    dprt_pt_same_ev text,
    dprt_apt_id text,
    dprt_city text,
    dprt_state text,
    dprt_country text,
    dprt_time smallint,
    dprt_timezn text,
    dest_same_local text,
    dest_apt_id text,
    dest_city text,
    dest_state text,
    dest_country text,
    phase_flt_spec integer,
    report_to_icao text,
    evacuation text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    afm_hrs_since text,
    rwy_num text,
    rwy_len integer,
    rwy_width integer,
    site_seeing text,
    air_medical text,
    med_type_flight text,
    acft_year integer,
    fuel_on_board text,
    commercial_space_flight boolean,
    unmanned boolean,
    ifr_equipped_cert boolean,
    elt_mounted_aircraft boolean,
    elt_connected_antenna boolean,
    elt_manufacturer text,
    elt_model text,
    elt_reason_other text,
    acft_make_std text,
    acft_model_std text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.aircraft IS 'Aircraft involved, one row per aircraft; 1.7 % of events have two or more, so count distinct ev_id for events';
COMMENT ON COLUMN ntsb.aircraft.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.aircraft.aircraft_key IS 'Aircraft within the event, from 1; above 1 in collisions';
COMMENT ON COLUMN ntsb.aircraft.regis_no IS 'Registration mark with its country prefix (N in the US); NONE, UNREG, UNK and the like are null';
COMMENT ON COLUMN ntsb.aircraft.ntsb_no IS 'Case number of the event, with a letter (A, B, C) appended where several aircraft are involved';
COMMENT ON COLUMN ntsb.aircraft.acft_missing IS 'Aircraft never found: Y, N';
COMMENT ON COLUMN ntsb.aircraft.far_part IS 'FAR part flown under: 091, 121, 135, 137, NUSN and NUSC (foreign), PUBU (public use)...; text with a leading zero';
COMMENT ON COLUMN ntsb.aircraft.flt_plan_filed IS 'Flight plan: NONE (none was filed), VFR, IFR, VFIF (VFR/IFR), CVFR (company VFR), MVFR (military VFR)...';
COMMENT ON COLUMN ntsb.aircraft.flight_plan_activated IS 'Filed flight plan was opened: Y, N, U';
COMMENT ON COLUMN ntsb.aircraft.damage IS 'Damage to the aircraft: DEST destroyed, SUBS substantial, MINR minor, NONE';
COMMENT ON COLUMN ntsb.aircraft.acft_fire IS 'Fire: NONE, IFLT in flight, GRD on the ground, BOTH, UORG or UNKT of unknown origin or time';
COMMENT ON COLUMN ntsb.aircraft.acft_expl IS 'Explosion: NONE, IFLT in flight, GRD on the ground, BOTH, UORG or UNKT of unknown origin or time';
COMMENT ON COLUMN ntsb.aircraft.acft_make IS 'Manufacturer as written; spellings and case vary (CESSNA, Cessna): group by acft_make_std';
COMMENT ON COLUMN ntsb.aircraft.acft_model IS 'Model as written, with or without its series; group by acft_model_std';
COMMENT ON COLUMN ntsb.aircraft.acft_series IS 'Series or variant of the model; rarely filled, sometimes repeats the model';
COMMENT ON COLUMN ntsb.aircraft.acft_serial_no IS 'Manufacturer''s serial number';
COMMENT ON COLUMN ntsb.aircraft.cert_max_gr_wt IS 'Certificated maximum gross weight, pounds; 0 is null';
COMMENT ON COLUMN ntsb.aircraft.acft_category IS 'AIR airplane, HELI helicopter, GLI glider, BALL, BLIM, GYRO, ULTR, WSFT weight-shift, PPAR powered parachute, PLFT, RCKT';
COMMENT ON COLUMN ntsb.aircraft.acft_reg_cls IS 'Registry and place, US or foreign: USUS, USFN, FNUS, FNFN...; not filled since 2006';
COMMENT ON COLUMN ntsb.aircraft.homebuilt IS 'Amateur-built under an experimental certificate: Y, N, U; N also where unknown in rows written since 2020';
COMMENT ON COLUMN ntsb.aircraft.fc_seats IS 'Seats for flight crew; filled since 2006';
COMMENT ON COLUMN ntsb.aircraft.cc_seats IS 'Seats for cabin crew; 0 is true for small aircraft and freighters';
COMMENT ON COLUMN ntsb.aircraft.pax_seats IS 'Seats for passengers; 0 is true for freighters';
COMMENT ON COLUMN ntsb.aircraft.total_seats IS 'Total number of seats; 0 is null';
COMMENT ON COLUMN ntsb.aircraft.num_eng IS 'Number of engines; 0 is true for gliders and balloons, otherwise doubtful';
COMMENT ON COLUMN ntsb.aircraft.fixed_retractable IS 'Landing gear: FIXD fixed, RETR retractable; rows written since 2020 contain FIXD where the gear is unknown';
COMMENT ON COLUMN ntsb.aircraft.type_last_insp IS 'Last inspection: ANNL annual, 100H 100 hours, COAW continuous, AAIP approved program, COND conditional';
COMMENT ON COLUMN ntsb.aircraft.date_last_insp IS 'Day of the last inspection; 2000-01-02 means unknown in rows before 2008';
COMMENT ON COLUMN ntsb.aircraft.afm_hrs_last_insp IS 'Airframe hours flown since the last inspection; 0 before 2008 mostly means unknown';
COMMENT ON COLUMN ntsb.aircraft.afm_hrs IS 'Total airframe hours, at the time given by afm_hrs_since';
COMMENT ON COLUMN ntsb.aircraft.elt_install IS 'Emergency locator transmitter installed: Y, N, U';
COMMENT ON COLUMN ntsb.aircraft.elt_oper IS 'Emergency locator transmitter operated: Y, N, U';
COMMENT ON COLUMN ntsb.aircraft.elt_aided_loc_ev IS 'Emergency locator transmitter helped to find the site: Y, N, U';
COMMENT ON COLUMN ntsb.aircraft.elt_type IS 'Standard (TSO) of the emergency locator transmitter: C91, C91A, C126';
COMMENT ON COLUMN ntsb.aircraft.owner_acft IS 'Registered owner, often a trust or leasing bank';
COMMENT ON COLUMN ntsb.aircraft.owner_street IS 'Street of the registered owner''s address';
COMMENT ON COLUMN ntsb.aircraft.owner_city IS 'City of the registered owner''s address';
COMMENT ON COLUMN ntsb.aircraft.owner_state IS 'State of the registered owner''s address; OF is foreign';
COMMENT ON COLUMN ntsb.aircraft.owner_country IS 'Country of the registered owner''s address: USA or a two-letter FIPS code';
COMMENT ON COLUMN ntsb.aircraft.owner_zip IS 'Postal code of the registered owner''s address, with or without the hyphen';
COMMENT ON COLUMN ntsb.aircraft.oper_individual_name IS 'Operator is a private person: Y, N';
COMMENT ON COLUMN ntsb.aircraft.oper_name IS 'Operator: airline, company or person, as written';
COMMENT ON COLUMN ntsb.aircraft.oper_same IS 'Operator is the registered owner: Y, N';
COMMENT ON COLUMN ntsb.aircraft.oper_dba IS 'Trade name of the operator (doing business as), or the code-share brand';
COMMENT ON COLUMN ntsb.aircraft.oper_addr_same IS 'Operator''s address is the owner''s: Y, N';
COMMENT ON COLUMN ntsb.aircraft.oper_street IS 'Street of the operator''s address';
COMMENT ON COLUMN ntsb.aircraft.oper_city IS 'City of the operator''s address';
COMMENT ON COLUMN ntsb.aircraft.oper_state IS 'State of the operator''s address; OF is foreign';
COMMENT ON COLUMN ntsb.aircraft.oper_country IS 'Country of the operator''s address: USA or a two-letter FIPS code';
COMMENT ON COLUMN ntsb.aircraft.oper_zip IS 'Postal code of the operator''s address, with or without the hyphen';
COMMENT ON COLUMN ntsb.aircraft.oper_code IS 'FAA four-character designator of the air carrier or commercial operator (DALA, UALA)';
COMMENT ON COLUMN ntsb.aircraft.certs_held IS 'Operator holds at least one commercial, air taxi or air carrier certificate: Y, N';
COMMENT ON COLUMN ntsb.aircraft.oprtng_cert IS 'Operator holds another certificate for large aircraft: Y, N';
COMMENT ON COLUMN ntsb.aircraft.oper_cert IS 'Certificate for special work: AGR agricultural (part 137), EXTL external load (part 133), NONE';
COMMENT ON COLUMN ntsb.aircraft.oper_cert_num IS 'Number of the operating certificate; rarely filled';
COMMENT ON COLUMN ntsb.aircraft.oper_sched IS 'Air carrier service: SCHD scheduled or commuter, NSCH not scheduled or air taxi';
COMMENT ON COLUMN ntsb.aircraft.oper_dom_int IS 'Where a revenue flight operated: DOM domestic, INT international';
COMMENT ON COLUMN ntsb.aircraft.oper_pax_cargo IS 'Load of a revenue flight: PAX passengers, CARG cargo, PACA both, MAIL';
COMMENT ON COLUMN ntsb.aircraft.type_fly IS 'Purpose: PERS personal, INST instruction, AAPL aerial application, BUS, POSI, OWRK...; null for airlines';
COMMENT ON COLUMN ntsb.aircraft.second_pilot IS 'A second pilot was aboard: Y, N, U';
COMMENT ON COLUMN ntsb.aircraft.dprt_pt_same_ev IS 'Event happened at the point of departure: Y, N, U; rows written since 2020 contain S, L, Y, which look like codes of dest_same_local';
COMMENT ON COLUMN ntsb.aircraft.dprt_apt_id IS 'Departure airport, FAA or ICAO identifier (ORD, KORD); PVT is a private field';
COMMENT ON COLUMN ntsb.aircraft.dprt_city IS 'Departure city or airport';
COMMENT ON COLUMN ntsb.aircraft.dprt_state IS 'Departure state; OF and FN are foreign';
COMMENT ON COLUMN ntsb.aircraft.dprt_country IS 'Departure country: USA or a two-letter FIPS code';
COMMENT ON COLUMN ntsb.aircraft.dprt_time IS 'Departure time HHMM (825 is 08:25) in dprt_timezn; 0 without a time zone means unknown';
COMMENT ON COLUMN ntsb.aircraft.dprt_timezn IS 'Time zone of dprt_time: EST, EDT, CST, UTC...; null since 2020, when times are UTC';
COMMENT ON COLUMN ntsb.aircraft.dest_same_local IS 'Destination: LOCL back at the departure point, SAME the location of the event, SPEC as in dest_*';
COMMENT ON COLUMN ntsb.aircraft.dest_apt_id IS 'Intended destination, FAA or ICAO identifier (ORD, KORD); PVT is a private field';
COMMENT ON COLUMN ntsb.aircraft.dest_city IS 'Intended destination city or airport';
COMMENT ON COLUMN ntsb.aircraft.dest_state IS 'Intended destination state; OF and FN are foreign';
COMMENT ON COLUMN ntsb.aircraft.dest_country IS 'Intended destination country: USA or a two-letter FIPS code';
COMMENT ON COLUMN ntsb.aircraft.phase_flt_spec IS 'Phase of flight, old codes: 500 standing, 520 takeoff, 540 cruise, 570 landing...; since 2008 prefer events_sequence';
COMMENT ON COLUMN ntsb.aircraft.report_to_icao IS 'Reported to ICAO: Y, N';
COMMENT ON COLUMN ntsb.aircraft.evacuation IS 'Emergency evacuation: Y, N';
COMMENT ON COLUMN ntsb.aircraft.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.aircraft.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.aircraft.afm_hrs_since IS 'When afm_hrs was read: ACCI at the accident, INSP at the last inspection; Y, N (N where unknown) since 2020';
COMMENT ON COLUMN ntsb.aircraft.rwy_num IS 'Runway in use (27, 09L); before 2008, 0 means none; truncated to four characters (06/2)';
COMMENT ON COLUMN ntsb.aircraft.rwy_len IS 'Length of that runway, feet; 0 is null';
COMMENT ON COLUMN ntsb.aircraft.rwy_width IS 'Width of that runway, feet; 0 is null';
COMMENT ON COLUMN ntsb.aircraft.site_seeing IS 'Revenue sightseeing flight: Y, N';
COMMENT ON COLUMN ntsb.aircraft.air_medical IS 'Air medical flight: Y, N';
COMMENT ON COLUMN ntsb.aircraft.med_type_flight IS 'Air medical mission: MEDE emergency, DISC discretionary, ORGT organ transport';
COMMENT ON COLUMN ntsb.aircraft.acft_year IS 'Year of manufacture; 0 is null; not in Pre2008.mdb';
COMMENT ON COLUMN ntsb.aircraft.fuel_on_board IS 'Fuel aboard as written: a number, rarely with its unit (gallons, pounds)';
COMMENT ON COLUMN ntsb.aircraft.commercial_space_flight IS 'Commercial space flight; false also where not recorded';
COMMENT ON COLUMN ntsb.aircraft.unmanned IS 'Unmanned aircraft; false also where not recorded';
COMMENT ON COLUMN ntsb.aircraft.ifr_equipped_cert IS 'Equipped and certificated for instrument flight; false also where not recorded';
COMMENT ON COLUMN ntsb.aircraft.elt_mounted_aircraft IS 'Emergency locator transmitter was in its mount; false also where not recorded';
COMMENT ON COLUMN ntsb.aircraft.elt_connected_antenna IS 'Emergency locator transmitter was connected to its antenna; false also where not recorded';
COMMENT ON COLUMN ntsb.aircraft.elt_manufacturer IS 'Manufacturer of the emergency locator transmitter, as written';
COMMENT ON COLUMN ntsb.aircraft.elt_model IS 'Model of the emergency locator transmitter, as written';
COMMENT ON COLUMN ntsb.aircraft.elt_reason_other IS 'Other reason why the emergency locator transmitter did not work or help, free text';
COMMENT ON COLUMN ntsb.aircraft.acft_make_std IS 'Manufacturer in the standard spelling (CESSNA becomes Cessna); group by this';
COMMENT ON COLUMN ntsb.aircraft.acft_model_std IS 'Model in the standard spelling; group by this together with acft_make_std';
COMMENT ON COLUMN ntsb.aircraft.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.aircraft.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.aircraft.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.aircraft.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.aircraft.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.airport (
    airport_id text NOT NULL,
    icao text,
    iata text,
    local_id text,
    name text NOT NULL,
    city text,
    region text,
    country text,
    kind text,
    elevation_ft double precision,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    source text NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT airport_lat_check CHECK (((lat >= ('-90'::integer)::double precision) AND (lat <= (90)::double precision))),
    CONSTRAINT airport_lon_check CHECK (((lon >= ('-180'::integer)::double precision) AND (lon <= (180)::double precision)))
);
COMMENT ON TABLE ntsb.airport IS 'Airports from the lists loaded with `ntsb load-airports` (OurAirports, airportsdata or FAA''s NASR), without closed airports and those without coordinates';
COMMENT ON COLUMN ntsb.airport.airport_id IS 'Identifier: ident of OurAirports; ICAO code of airportsdata or NASR, or the local identifier if there is none. A US airport keeps its identifier when NASR replaces another list';
COMMENT ON COLUMN ntsb.airport.icao IS 'ICAO code, such as KPAO';
COMMENT ON COLUMN ntsb.airport.iata IS 'IATA code, such as PAO';
COMMENT ON COLUMN ntsb.airport.local_id IS 'Identifier by the country''s authority, such as PAO or 2G2 (in the US the FAA location identifier)';
COMMENT ON COLUMN ntsb.airport.city IS 'City or place served';
COMMENT ON COLUMN ntsb.airport.region IS 'US state, two letters; null if the list lacks it';
COMMENT ON COLUMN ntsb.airport.country IS 'ISO 3166 country code (two letters); differs from NTSB''s country codes';
COMMENT ON COLUMN ntsb.airport.kind IS 'small_airport, heliport, seaplane_base, … of OurAirports; airport, heliport, seaplane_base, gliderport, balloonport or ultralight of NASR; null if the list lacks it';
COMMENT ON COLUMN ntsb.airport.elevation_ft IS 'Elevation in feet above mean sea level';
COMMENT ON COLUMN ntsb.airport.lat IS 'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.airport.lon IS 'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.airport.geog IS 'lat and lon as a PostGIS point';
COMMENT ON COLUMN ntsb.airport.source IS 'Name of the loaded file';
CREATE TABLE ntsb.code_crosswalk (
    kind text NOT NULL,
    code text NOT NULL,
    current_code text NOT NULL,
    is_exact boolean NOT NULL,
    CONSTRAINT code_crosswalk_kind_check CHECK ((kind = ANY (ARRAY['phase'::text, 'event'::text])))
);
COMMENT ON TABLE ntsb.code_crosswalk IS 'Codes of 1982 to 2007 and their replacements since 2008, where there is one; you may add or correct rows';
COMMENT ON COLUMN ntsb.code_crosswalk.kind IS 'phase: phase of flight, 500 to 610 until 2007, first three digits of an occurrence code since 2008; event: occurrence, 100 to 430 until 2007, last three digits since 2008';
COMMENT ON COLUMN ntsb.code_crosswalk.code IS 'Code of 1982 to 2007';
COMMENT ON COLUMN ntsb.code_crosswalk.current_code IS 'Code since 2008';
COMMENT ON COLUMN ntsb.code_crosswalk.is_exact IS 'True if both codes mean the same; false if current_code is the nearest code that is not narrower';
CREATE TABLE ntsb.engines (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    eng_no smallint NOT NULL,
    eng_type text,
    eng_mfgr text,
    eng_model text,
    power_units integer,
    hp_or_lbs text,
    lchg_userid text,
    lchg_date timestamp(0) without time zone,
    carb_fuel_injection text,
    propeller_type text,
    propeller_make text,
    propeller_model text,
    eng_time_total real,
    eng_time_last_insp real,
    eng_time_overhaul real,
    eng_mfgr_std text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.engines IS 'Engines of the aircraft, one row per engine; not every aircraft has rows';
COMMENT ON COLUMN ntsb.engines.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.engines.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.engines.eng_no IS 'Engine within the aircraft, from 1';
COMMENT ON COLUMN ntsb.engines.eng_type IS 'REC piston, TP turboprop, TS turboshaft, TF turbofan, TJ turbojet, GTFN geared fan, ELEC, LR, SR, HR (rockets), NONE';
COMMENT ON COLUMN ntsb.engines.eng_mfgr IS 'Manufacturer as written; truncated (ROLLS-ROYC) and in many spellings: group by eng_mfgr_std';
COMMENT ON COLUMN ntsb.engines.eng_model IS 'Model as written, at most 13 characters';
COMMENT ON COLUMN ntsb.engines.power_units IS 'Rated power in the unit of hp_or_lbs; 0 is null';
COMMENT ON COLUMN ntsb.engines.hp_or_lbs IS 'Unit of power_units: HP horsepower, LBS pounds of thrust';
COMMENT ON COLUMN ntsb.engines.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.engines.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.engines.carb_fuel_injection IS 'Fuel system of a piston engine: CARB carburetor, FINJ injection';
COMMENT ON COLUMN ntsb.engines.propeller_type IS 'FIXP fixed pitch, CONP controllable pitch, GRND ground-adjustable';
COMMENT ON COLUMN ntsb.engines.propeller_make IS 'Propeller manufacturer as written';
COMMENT ON COLUMN ntsb.engines.propeller_model IS 'Propeller model as written';
COMMENT ON COLUMN ntsb.engines.eng_time_total IS 'Total hours run; 0 (59 % of rows) is null';
COMMENT ON COLUMN ntsb.engines.eng_time_last_insp IS 'Hours run since the last inspection; 0 (67 % of rows) is null';
COMMENT ON COLUMN ntsb.engines.eng_time_overhaul IS 'Hours run since the last overhaul; 0 (69 % of rows) is null';
COMMENT ON COLUMN ntsb.engines.eng_mfgr_std IS 'Manufacturer in the standard spelling; group by this';
COMMENT ON COLUMN ntsb.engines.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.engines.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.engines.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.engines.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.engines.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.events (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
)
PARTITION BY RANGE (ev_year);
COMMENT ON TABLE ntsb.events IS 'Accidents and incidents, one row per event; recent years are incomplete and foreign cases are thin';
COMMENT ON COLUMN ntsb.events.ev_id IS 'Event, 14 characters (YYYYMMDDXnnnnn, 14 digits since 2020); its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.events.ntsb_no IS 'NTSB case number: office, fiscal year, class, serial (CEN25LA173); the 6th character is the class, which reveals the severity (leakage)';
COMMENT ON COLUMN ntsb.events.ev_type IS 'ACC accident, INC incident, OCC occurrence';
COMMENT ON COLUMN ntsb.events.ev_date IS 'Date of the event; the UTC date in rows written since 2020 (in 16 % one day after the local date), local before';
COMMENT ON COLUMN ntsb.events.ev_dow IS 'Day of the week of ev_date: Mo, Tu, We, Th, Fr, Sa, Su';
COMMENT ON COLUMN ntsb.events.ev_time IS 'Time HHMM (825 is 08:25) in the zone of ev_tmzn; UTC in rows written since 2020, local before';
COMMENT ON COLUMN ntsb.events.ev_tmzn IS 'Time zone of ev_time: EST, EDT, CST, AKD...; UTC in rows written since 2020';
COMMENT ON COLUMN ntsb.events.ev_city IS 'Nearest city or town, as written';
COMMENT ON COLUMN ntsb.events.ev_state IS 'State, or AO, PO, GM, CB for Atlantic, Pacific, Gulf, Caribbean, OF and FN foreign, UN unknown, PR, GU...';
COMMENT ON COLUMN ntsb.events.ev_country IS 'USA or a two-letter FIPS code (not ISO: UK, GE Germany, AS Australia); USA is the domestic filter';
COMMENT ON COLUMN ntsb.events.ev_site_zipcode IS 'Postal code of the site; 00000 means none';
COMMENT ON COLUMN ntsb.events.ev_year IS 'Year of ev_date';
COMMENT ON COLUMN ntsb.events.ev_month IS 'Month of ev_date, 1 to 12';
COMMENT ON COLUMN ntsb.events.mid_air IS 'Mid-air collision: Y, N';
COMMENT ON COLUMN ntsb.events.on_ground_collision IS 'Collision of aircraft on the ground: Y, N';
COMMENT ON COLUMN ntsb.events.latitude IS 'Latitude as text DDMMSSN; a third of values written since 2020 are mispadded (36°9''34" as 036934N): use lat';
COMMENT ON COLUMN ntsb.events.longitude IS 'Longitude as text DDDMMSSW; a third of values written since 2020 are mispadded: use lon';
COMMENT ON COLUMN ntsb.events.latlong_acq IS 'Coordinates were MEAS measured or EST estimated';
COMMENT ON COLUMN ntsb.events.apt_name IS 'Airport of the event, if on or near one; as written, truncated to 25 characters in old rows and 30 in newer ones';
COMMENT ON COLUMN ntsb.events.ev_nr_apt_id IS 'Airport of the event or nearest, FAA or ICAO identifier (ORD, KORD); PVT is a private field';
COMMENT ON COLUMN ntsb.events.ev_nr_apt_loc IS 'ONAP on the airport, OFAP off it, ONAS on an airstrip (now ONAP)';
COMMENT ON COLUMN ntsb.events.apt_dist IS 'Distance from the airport, statute miles; 0 is null except for events on the airport (ev_nr_apt_loc ONAP)';
COMMENT ON COLUMN ntsb.events.apt_dir IS 'Direction from the airport to the site, degrees magnetic, 360 north; 0 is null';
COMMENT ON COLUMN ntsb.events.apt_elev IS 'Airport elevation, feet above sea level; 0 is null';
COMMENT ON COLUMN ntsb.events.wx_brief_comp IS 'Weather briefing: FULL, ABBR abbreviated, PARB, PARP partial, NOTP not pertinent; not filled since 2006';
COMMENT ON COLUMN ntsb.events.wx_src_iic IS 'Source of the weather data: WFAC weather station, PILO pilot, WIT witness';
COMMENT ON COLUMN ntsb.events.wx_obs_time IS 'Time of the weather observation HHMM, local even where ev_time is UTC; 0 without a station means unknown';
COMMENT ON COLUMN ntsb.events.wx_obs_dir IS 'Direction from the weather station to the site, degrees magnetic, 360 north; 0 is null';
COMMENT ON COLUMN ntsb.events.wx_obs_fac_id IS 'Weather station, FAA or ICAO identifier (ORD, KORD)';
COMMENT ON COLUMN ntsb.events.wx_obs_elev IS 'Elevation of the weather station, feet above sea level; 0 is null; 99999 occurs';
COMMENT ON COLUMN ntsb.events.wx_obs_dist IS 'Distance from the weather station to the site, nautical miles; 0 is at the station, or unknown if wx_obs_fac_id is null';
COMMENT ON COLUMN ntsb.events.wx_obs_tmzn IS 'Time zone of wx_obs_time: EST, EDT, CST, UTC...; null in rows written since 2020, whose times are local';
COMMENT ON COLUMN ntsb.events.light_cond IS 'DAYL day, DAWN, DUSK, NITE night, NDRK dark night, NBRT bright night, NR not reported';
COMMENT ON COLUMN ntsb.events.sky_cond_nonceil IS 'Lowest cloud layer that is not a ceiling: CLER, FEW, SCAT, BKNT and OVCT thin, POBS partly obscured';
COMMENT ON COLUMN ntsb.events.sky_nonceil_ht IS 'Height of the lowest cloud layer that is not a ceiling, feet above ground; 0 is null';
COMMENT ON COLUMN ntsb.events.sky_ceil_ht IS 'Height of the ceiling, feet above ground; 0 is null: no ceiling (sky_cond_ceil NONE) or unknown';
COMMENT ON COLUMN ntsb.events.sky_cond_ceil IS 'Ceiling: NONE, BKN broken, OVC overcast, OBSC obscured, VV indefinite';
COMMENT ON COLUMN ntsb.events.vis_rvr IS 'Runway visual range, feet; 0 is null';
COMMENT ON COLUMN ntsb.events.vis_rvv IS 'Runway visibility value, statute miles; 0 is null';
COMMENT ON COLUMN ntsb.events.vis_sm IS 'Visibility, statute miles; 0 is kept, though before 2008 it often means unknown';
COMMENT ON COLUMN ntsb.events.wx_temp IS 'Air temperature, °F and °C mixed: use wx_temp_c; 0 is null unless other weather values are known';
COMMENT ON COLUMN ntsb.events.wx_dew_pt IS 'Dew point, °F and °C mixed: use wx_dew_pt_c; 0 is null unless other weather values are known';
COMMENT ON COLUMN ntsb.events.wind_dir_deg IS 'Wind direction, degrees true; 0 with no or zero speed is calm, variable or unknown, 360 is north';
COMMENT ON COLUMN ntsb.events.wind_dir_ind IS 'V variable, Y a direction is known, U unknown; U in nearly all rows written since 2020';
COMMENT ON COLUMN ntsb.events.wind_vel_kts IS 'Wind speed, knots; 0 is calm, or unknown if wind_vel_ind is null';
COMMENT ON COLUMN ntsb.events.wind_vel_ind IS 'SPEC speed given, CALM, LVAR light and variable, V; T, F in rows written since 2020';
COMMENT ON COLUMN ntsb.events.gust_ind IS 'Gusts: Y, N, U; T, F in rows written since 2020';
COMMENT ON COLUMN ntsb.events.gust_kts IS 'Gust speed, knots; 0 is null';
COMMENT ON COLUMN ntsb.events.altimeter IS 'Altimeter setting, inches of mercury; 0 is null, 3025 is 30.25; before 2008, 29 and 30 without decimals are truncated values';
COMMENT ON COLUMN ntsb.events.wx_dens_alt IS 'Density altitude, feet; 0 is null; not filled since 2006';
COMMENT ON COLUMN ntsb.events.wx_int_precip IS 'Precipitation: LGT light, MOD moderate, HVY heavy';
COMMENT ON COLUMN ntsb.events.metar IS 'Weather report (METAR) as issued; its times are UTC (Z)';
COMMENT ON COLUMN ntsb.events.ev_highest_injury IS 'Highest injury level: FATL, SERS, MINR, NONE; null in some events with deaths';
COMMENT ON COLUMN ntsb.events.inj_f_grnd IS 'People killed on the ground';
COMMENT ON COLUMN ntsb.events.inj_m_grnd IS 'People with minor injuries on the ground';
COMMENT ON COLUMN ntsb.events.inj_s_grnd IS 'People with serious injuries on the ground';
COMMENT ON COLUMN ntsb.events.inj_tot_f IS 'People killed, aboard and on the ground; null mostly means 0';
COMMENT ON COLUMN ntsb.events.inj_tot_m IS 'People with minor injuries; null mostly means 0';
COMMENT ON COLUMN ntsb.events.inj_tot_n IS 'Uninjured people; null mostly means 0';
COMMENT ON COLUMN ntsb.events.inj_tot_s IS 'People with serious injuries; null mostly means 0';
COMMENT ON COLUMN ntsb.events.inj_tot_t IS 'Killed + serious + minor in rows written before 2020; in rows written since, everyone including the uninjured';
COMMENT ON COLUMN ntsb.events.invest_agy IS 'Lead agency: N NTSB, O another country, F FAA, U unknown';
COMMENT ON COLUMN ntsb.events.ntsb_docket IS 'Old docket number; no longer used, 0 is null';
COMMENT ON COLUMN ntsb.events.ntsb_notf_from IS 'Who notified NTSB, as written; not in rows written since 2020';
COMMENT ON COLUMN ntsb.events.ntsb_notf_date IS 'Day NTSB was notified';
COMMENT ON COLUMN ntsb.events.ntsb_notf_tm IS 'Time NTSB was notified, HHMM; 0 mostly means unknown';
COMMENT ON COLUMN ntsb.events.fiche_number IS 'Microfiche of the old docket, or IMAGE, DMS';
COMMENT ON COLUMN ntsb.events.lchg_date IS 'When NTSB last changed this row, to the second; the later of two versions is kept; stored, not hashed';
COMMENT ON COLUMN ntsb.events.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.events.wx_cond_basic IS 'VMC visual, IMC instrument conditions';
COMMENT ON COLUMN ntsb.events.faa_dist_office IS 'FAA district office, as written; rarely filled';
COMMENT ON COLUMN ntsb.events.dec_latitude IS 'Latitude in decimal degrees as filed, north positive; takes precedence over latitude; contains errors: use lat';
COMMENT ON COLUMN ntsb.events.dec_longitude IS 'Longitude in decimal degrees as filed, east positive; takes precedence over longitude; contains errors: use lon';
COMMENT ON COLUMN ntsb.events.lat IS 'Latitude in decimal degrees WGS 84, best available; north positive';
COMMENT ON COLUMN ntsb.events.lon IS 'Longitude in decimal degrees WGS 84, best available; east positive';
COMMENT ON COLUMN ntsb.events.coord_source IS 'Source of lat and lon: dec, dms, dms_repaired, airport (position of the airport, not of the site), none';
COMMENT ON COLUMN ntsb.events.wx_temp_c IS 'Air temperature, degrees Celsius whatever unit the source used; null if the unit cannot be inferred';
COMMENT ON COLUMN ntsb.events.wx_dew_pt_c IS 'Dew point, degrees Celsius whatever unit the source used; null if the unit cannot be inferred';
COMMENT ON COLUMN ntsb.events.geog IS 'PostGIS point of (lat, lon), WGS 84';
COMMENT ON COLUMN ntsb.events.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.events.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.events.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.events.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.events.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.flight_crew (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    crew_no smallint NOT NULL,
    crew_category text,
    crew_age smallint,
    crew_sex text,
    crew_city text,
    crew_res_state text,
    crew_res_country text,
    med_certf text,
    med_crtf_vldty text,
    date_lst_med date,
    crew_rat_endorse text,
    crew_inj_level text,
    seatbelts_used text,
    shldr_harn_used text,
    crew_tox_perf text,
    seat_occ_pic text,
    pc_profession text,
    bfr text,
    bfr_date date,
    ft_as_of date,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    seat_occ_row integer,
    infl_rest_inst text,
    infl_rest_depl text,
    child_restraint text,
    med_crtf_limit text,
    mr_faa_med_certf text,
    pilot_flying boolean,
    available_restraint text,
    restraint_used text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.flight_crew IS 'Flight crew, one row per person; since 2008 also some passengers (crew_category PASS, PRPS)';
COMMENT ON COLUMN ntsb.flight_crew.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.flight_crew.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.flight_crew.crew_no IS 'Crew member within the aircraft, from 1, usually the pilot in command';
COMMENT ON COLUMN ntsb.flight_crew.crew_category IS 'PLT pilot, CPLT copilot, FLTI instructor, DSTU student, KPLT check pilot, FENG, CABN, PASS passenger, PRPS passenger and pilot, OTHR';
COMMENT ON COLUMN ntsb.flight_crew.crew_age IS 'Age in years; 0 is null; under 14 and over 95 (to 215) are errors';
COMMENT ON COLUMN ntsb.flight_crew.crew_sex IS 'M, F; null in a fifth of rows';
COMMENT ON COLUMN ntsb.flight_crew.crew_city IS 'City of residence';
COMMENT ON COLUMN ntsb.flight_crew.crew_res_state IS 'State of residence';
COMMENT ON COLUMN ntsb.flight_crew.crew_res_country IS 'Country of residence: USA or a two-letter FIPS code';
COMMENT ON COLUMN ntsb.flight_crew.med_certf IS 'Medical certificate: CL1, CL2, CL3, SPRT driving licence (sport pilot), BASC BasicMed, NONE';
COMMENT ON COLUMN ntsb.flight_crew.med_crtf_vldty IS 'WWL with limitations, WOWL without, WTLS special issuance, time-limited, EXP expired, NONE; VWW, VNOW, NV before 2006';
COMMENT ON COLUMN ntsb.flight_crew.date_lst_med IS 'Day of the last medical examination; goes back to 1953; after the event in 285 rows';
COMMENT ON COLUMN ntsb.flight_crew.crew_rat_endorse IS 'Held the type rating or endorsement for this aircraft: Y, N, U; not filled since 2006';
COMMENT ON COLUMN ntsb.flight_crew.crew_inj_level IS 'Injury of this person: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.flight_crew.seatbelts_used IS 'Seat belt worn: Y, N, U; restraint_used in newer rows';
COMMENT ON COLUMN ntsb.flight_crew.shldr_harn_used IS 'Shoulder harness worn: Y, N, U; restraint_used in newer rows';
COMMENT ON COLUMN ntsb.flight_crew.crew_tox_perf IS 'Toxicology tests performed: Y, N, U; Y in 97 % of deaths, so it follows from the outcome';
COMMENT ON COLUMN ntsb.flight_crew.seat_occ_pic IS 'Seat of this person: LEFT, RGT, CTR, FRT, REAR, SNGL, NONE';
COMMENT ON COLUMN ntsb.flight_crew.pc_profession IS 'Since 2006, whether flying is the profession (YES, NO); before, the profession itself (BUS, ENGR, PCIV...)';
COMMENT ON COLUMN ntsb.flight_crew.bfr IS 'Flight review is current: Y, N, U; no longer used';
COMMENT ON COLUMN ntsb.flight_crew.bfr_date IS 'Day of the last flight review or its equivalent';
COMMENT ON COLUMN ntsb.flight_crew.ft_as_of IS 'Day on which the hours in flight_time were recorded (logbook, medical or certificate form)';
COMMENT ON COLUMN ntsb.flight_crew.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.flight_crew.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.flight_crew.seat_occ_row IS 'Row of the seat, from 1 at the front';
COMMENT ON COLUMN ntsb.flight_crew.infl_rest_inst IS 'Inflatable restraint installed: Y, N, A does not apply, U';
COMMENT ON COLUMN ntsb.flight_crew.infl_rest_depl IS 'Inflatable restraint deployed: Y, N, A does not apply, U';
COMMENT ON COLUMN ntsb.flight_crew.child_restraint IS 'Child held: CHR, LAP; the dictionary gives CHR as lap-held and LAP as child restraint, which looks swapped';
COMMENT ON COLUMN ntsb.flight_crew.med_crtf_limit IS 'Limitations on the medical certificate, free text';
COMMENT ON COLUMN ntsb.flight_crew.mr_faa_med_certf IS 'Most recent FAA medical certificate: CL1, CL2, CL3, SPRT, BASC, NONE';
COMMENT ON COLUMN ntsb.flight_crew.pilot_flying IS 'At the controls; false also where not recorded';
COMMENT ON COLUMN ntsb.flight_crew.available_restraint IS 'Restraint installed: L lap only, 3, 4, 5 points, N none, U';
COMMENT ON COLUMN ntsb.flight_crew.restraint_used IS 'Restraint worn: L lap only, 3, 4, 5 points, N none, U';
COMMENT ON COLUMN ntsb.flight_crew.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.flight_crew.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.flight_crew.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.flight_crew.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.flight_crew.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.flight_time (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    crew_no smallint NOT NULL,
    flight_type text NOT NULL,
    flight_craft text NOT NULL,
    flight_hours real,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.flight_time IS 'Flight hours of a crew member, one row per kind of flying and of aircraft: TOTL with ALL is all hours; do not sum rows';
COMMENT ON COLUMN ntsb.flight_time.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.flight_time.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.flight_time.crew_no IS 'Crew member within the aircraft, from 1';
COMMENT ON COLUMN ntsb.flight_time.flight_type IS 'TOTL total, PIC in command, INST as instructor, IRCV as student, L90D, L30D, L24H last 90, 30 days, 24 hours';
COMMENT ON COLUMN ntsb.flight_time.flight_craft IS 'ALL, MAKE this make and model, SENG, MENG, NGHT night, ACTU, SIMU instruments, ROTO, GLDR, LTA';
COMMENT ON COLUMN ntsb.flight_time.flight_hours IS 'Hours flown; 0 is true';
COMMENT ON COLUMN ntsb.flight_time.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.flight_time.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.flight_time.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.flight_time.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.flight_time.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.flight_time.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.flight_time.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.place_history (
    per_degree smallint NOT NULL,
    lat_cell integer NOT NULL,
    lon_cell integer NOT NULL,
    as_of date NOT NULL,
    events integer NOT NULL,
    injury_events integer NOT NULL,
    fatal_events integer NOT NULL,
    CONSTRAINT place_history_per_degree_check CHECK ((per_degree = ANY (ARRAY[10, 100])))
);
COMMENT ON TABLE ntsb.place_history IS 'Cumulative event counts per grid cell and day; updated by CALL ntsb_refresh_features()';
COMMENT ON COLUMN ntsb.place_history.per_degree IS 'Cells per degree: 100 (about 1 km) or 10';
COMMENT ON COLUMN ntsb.place_history.lat_cell IS 'floor(latitude * per_degree)';
COMMENT ON COLUMN ntsb.place_history.lon_cell IS 'floor(longitude * per_degree)';
COMMENT ON COLUMN ntsb.place_history.as_of IS 'Day on which the cell had an event';
COMMENT ON COLUMN ntsb.place_history.events IS 'Events with known outcome up to and including that day';
COMMENT ON COLUMN ntsb.place_history.injury_events IS 'Of these, events with injuries';
COMMENT ON COLUMN ntsb.place_history.fatal_events IS 'Of these, fatal events';
CREATE TABLE ntsb.type_history (
    acft_make text NOT NULL,
    acft_model text NOT NULL,
    as_of date NOT NULL,
    events integer NOT NULL,
    injury_events integer NOT NULL,
    fatal_events integer NOT NULL
);
COMMENT ON TABLE ntsb.type_history IS 'Cumulative event counts per aircraft type and day; updated by CALL ntsb_refresh_features()';
COMMENT ON COLUMN ntsb.type_history.acft_make IS 'Maker of the first aircraft, standardised spelling';
COMMENT ON COLUMN ntsb.type_history.acft_model IS 'Model, standardised spelling; empty for all models of the maker';
COMMENT ON COLUMN ntsb.type_history.as_of IS 'Day on which the type had an event';
COMMENT ON COLUMN ntsb.type_history.events IS 'Events with known outcome up to and including that day';
COMMENT ON COLUMN ntsb.type_history.injury_events IS 'Of these, events with injuries';
COMMENT ON COLUMN ntsb.type_history.fatal_events IS 'Of these, fatal events';
CREATE VIEW ntsb.accident_features AS
 SELECT f.ev_id,
    f.ev_date,
        CASE
            WHEN (COALESCE(f.ev_tmzn, ''::text) <> ALL (ARRAY['UTC'::text, 'GMT'::text])) THEN f.ev_time
            ELSE NULL::smallint
        END AS ev_time,
    f.lat,
    f.lon,
    f.ev_state,
    f.ev_country,
        CASE f.is_domestic
            WHEN true THEN 'Y'::text
            WHEN false THEN 'N'::text
            ELSE NULL::text
        END AS is_domestic,
    f.nearest_airport_km,
    p.elevation_ft AS terrain_ft,
    e.apt_dist,
    e.ev_nr_apt_loc,
        CASE
            WHEN ((f.lat IS NOT NULL) AND (f.lon IS NOT NULL)) THEN COALESCE(u.events, 0)
            ELSE NULL::integer
        END AS place_events,
    ((u.fatal_events)::double precision / (u.events)::double precision) AS place_fatal_share,
    ((u.injury_events)::double precision / (u.events)::double precision) AS place_injury_share,
        CASE
            WHEN ((f.lat IS NOT NULL) AND (f.lon IS NOT NULL)) THEN COALESCE(v.events, 0)
            ELSE NULL::integer
        END AS area_events,
    ((v.fatal_events)::double precision / (v.events)::double precision) AS area_fatal_share,
    ((v.injury_events)::double precision / (v.events)::double precision) AS area_injury_share,
    f.acft_category,
    f.acft_make,
    f.acft_model,
        CASE f.is_amateur_built
            WHEN true THEN 'Y'::text
            WHEN false THEN 'N'::text
            ELSE NULL::text
        END AS homebuilt,
    f.engine_count AS num_eng,
    f.engine_type AS eng_type,
    g.fuel_feed,
    g.total_hp,
    NULLIF(a.cert_max_gr_wt, 0) AS cert_max_gr_wt,
    NULLIF(a.total_seats, 0) AS total_seats,
    a.fixed_retractable,
    NULLIF(a.acft_year, 0) AS acft_year,
    NULLIF(a.afm_hrs, (0)::double precision) AS afm_hrs,
    a.type_last_insp,
        CASE
            WHEN (f.regis_no ~ '^N[0-9]'::text) THEN 'N'::text
            WHEN (f.regis_no IS NOT NULL) THEN 'F'::text
            ELSE NULL::text
        END AS registry,
    t.events AS type_events,
    ((t.fatal_events)::double precision / (t.events)::double precision) AS type_fatal_share,
    ((t.injury_events)::double precision / (t.events)::double precision) AS type_injury_share,
    m.events AS make_events,
    ((m.fatal_events)::double precision / (m.events)::double precision) AS make_fatal_share,
    f.far_part,
    f.type_fly,
    a.oper_sched,
    a.oper_pax_cargo,
    a.oper_dom_int,
    a.flt_plan_filed,
    a.second_pilot,
    a.site_seeing,
    a.air_medical,
    f.wx_cond_basic,
    f.light_cond,
    e.sky_cond_ceil,
    NULLIF(e.sky_ceil_ht, 0) AS sky_ceil_ht,
    e.vis_sm,
    COALESCE((e.wind_vel_kts)::integer,
        CASE e.wind_vel_ind
            WHEN 'CALM'::text THEN 0
            ELSE NULL::integer
        END) AS wind_vel_kts,
    NULLIF(e.gust_kts, 0) AS gust_kts,
    e.wx_temp_c,
    e.wx_dew_pt_c,
    NULLIF(n.pilots, 0) AS pilots,
    f.pilot_age,
    c.crew_sex AS pilot_sex,
    f.pilot_certificate,
    c.med_certf AS pilot_medical,
    c.med_crtf_vldty AS pilot_medical_validity,
    c.date_lst_med AS medical_date,
    c.pc_profession AS pilot_profession,
    f.pilot_total_hours,
    f.pilot_make_hours,
    h.last_90_days AS pilot_90_day_hours,
    f.damage,
    a.acft_fire,
    a.acft_expl,
    a.evacuation,
        CASE f.era
            WHEN '2008'::text THEN f.phase_code
            ELSE x.current_code
        END AS phase_code,
    f.phase,
        CASE f.era
            WHEN '2008'::text THEN "right"(f.defining_event, 3)
            ELSE y.current_code
        END AS defining_event,
    e.mid_air,
    e.on_ground_collision,
    f.aircraft_count
   FROM (((((((((((((ntsb.fact_accidents f
     JOIN ntsb.events e ON (((e.ev_id = f.ev_id) AND (e.ev_year = f.ev_year))))
     LEFT JOIN ntsb.airport p ON ((p.airport_id = f.nearest_airport_id)))
     LEFT JOIN ntsb.code_crosswalk x ON (((f.era = '1982'::text) AND (x.kind = 'phase'::text) AND (x.code = f.phase_code))))
     LEFT JOIN ntsb.code_crosswalk y ON (((f.era = '1982'::text) AND (y.kind = 'event'::text) AND (y.code = f.defining_event))))
     LEFT JOIN ntsb.aircraft a ON (((a.ev_id = f.ev_id) AND (a.aircraft_key = f.aircraft_key))))
     LEFT JOIN ntsb.flight_crew c ON (((c.ev_id = f.ev_id) AND (c.aircraft_key = f.aircraft_key) AND (c.crew_no = f.crew_no))))
     LEFT JOIN LATERAL ( SELECT (array_agg(n_1.carb_fuel_injection ORDER BY n_1.eng_no))[1] AS fuel_feed,
            NULLIF(sum(n_1.power_units) FILTER (WHERE (n_1.hp_or_lbs = 'HP'::text)), 0) AS total_hp
           FROM ntsb.engines n_1
          WHERE ((n_1.ev_id = f.ev_id) AND (n_1.aircraft_key = f.aircraft_key) AND (n_1.withdrawn_batch IS NULL))) g ON (true))
     LEFT JOIN LATERAL ( SELECT count(*) AS pilots
           FROM ntsb.flight_crew n_1
          WHERE ((n_1.ev_id = f.ev_id) AND (n_1.aircraft_key = f.aircraft_key) AND (n_1.withdrawn_batch IS NULL) AND (n_1.crew_category = ANY (ARRAY['PLT'::text, 'FLTI'::text, 'KPLT'::text, 'DSTU'::text, 'CPLT'::text])))) n ON (true))
     LEFT JOIN LATERAL ( SELECT max(i.flight_hours) AS last_90_days
           FROM ntsb.flight_time i
          WHERE ((i.ev_id = f.ev_id) AND (i.aircraft_key = f.aircraft_key) AND (i.crew_no = f.crew_no) AND (i.flight_type = 'L90D'::text) AND (i.flight_craft = 'ALL'::text) AND (i.withdrawn_batch IS NULL))) h ON (true))
     LEFT JOIN LATERAL ( SELECT q.events,
            q.injury_events,
            q.fatal_events
           FROM ntsb.type_history q
          WHERE ((q.acft_make = f.acft_make) AND (q.acft_model = f.acft_model) AND (q.acft_model <> ''::text) AND (q.as_of <= (f.ev_date - '1 year'::interval)))
          ORDER BY q.as_of DESC
         LIMIT 1) t ON (true))
     LEFT JOIN LATERAL ( SELECT q.events,
            q.fatal_events
           FROM ntsb.type_history q
          WHERE ((q.acft_make = f.acft_make) AND (q.acft_model = ''::text) AND (q.as_of <= (f.ev_date - '1 year'::interval)))
          ORDER BY q.as_of DESC
         LIMIT 1) m ON (true))
     LEFT JOIN LATERAL ( SELECT q.events,
            q.injury_events,
            q.fatal_events
           FROM ntsb.place_history q
          WHERE ((q.per_degree = 100) AND (q.lat_cell = (floor((f.lat * (100)::double precision)))::integer) AND (q.lon_cell = (floor((f.lon * (100)::double precision)))::integer) AND (q.as_of <= (f.ev_date - '1 year'::interval)))
          ORDER BY q.as_of DESC
         LIMIT 1) u ON (true))
     LEFT JOIN LATERAL ( SELECT q.events,
            q.injury_events,
            q.fatal_events
           FROM ntsb.place_history q
          WHERE ((q.per_degree = 10) AND (q.lat_cell = (floor((f.lat * (10)::double precision)))::integer) AND (q.lon_cell = (floor((f.lon * (10)::double precision)))::integer) AND (q.as_of <= (f.ev_date - '1 year'::interval)))
          ORDER BY q.as_of DESC
         LIMIT 1) v ON (true));
COMMENT ON VIEW ntsb.accident_features IS 'Features of events, one row per event, as of the last refresh; ntsb.feature describes each column. No column reveals the outcome of its event (leakage). Counts of earlier events of the same type or place include only events at least one year older';
COMMENT ON COLUMN ntsb.accident_features.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.accident_features.ev_date IS 'Date of the event';
COMMENT ON COLUMN ntsb.accident_features.ev_time IS 'Local clock time as HHMM; null if NTSB gives UTC';
COMMENT ON COLUMN ntsb.accident_features.lat IS 'Latitude in degrees north';
COMMENT ON COLUMN ntsb.accident_features.lon IS 'Longitude in degrees east';
COMMENT ON COLUMN ntsb.accident_features.ev_state IS 'State, territory or sea area';
COMMENT ON COLUMN ntsb.accident_features.ev_country IS 'Country code of NTSB';
COMMENT ON COLUMN ntsb.accident_features.is_domestic IS 'In the United States: Y or N';
COMMENT ON COLUMN ntsb.accident_features.nearest_airport_km IS 'Distance to the nearest airport in kilometres, if a list of airports is loaded';
COMMENT ON COLUMN ntsb.accident_features.terrain_ft IS 'Elevation of the nearest airport in feet, as an estimate of the terrain';
COMMENT ON COLUMN ntsb.accident_features.apt_dist IS 'Distance to the airport named by NTSB, in statute miles';
COMMENT ON COLUMN ntsb.accident_features.ev_nr_apt_loc IS 'On an airport or off it';
COMMENT ON COLUMN ntsb.accident_features.place_events IS 'Number of events within about 1 km, until one year before the event; a high number indicates an airfield';
COMMENT ON COLUMN ntsb.accident_features.place_fatal_share IS 'Share of these that were fatal';
COMMENT ON COLUMN ntsb.accident_features.place_injury_share IS 'Share of these with at least one injury';
COMMENT ON COLUMN ntsb.accident_features.area_events IS 'Number of events within about 10 km, until one year before the event';
COMMENT ON COLUMN ntsb.accident_features.area_fatal_share IS 'Share of these that were fatal';
COMMENT ON COLUMN ntsb.accident_features.area_injury_share IS 'Share of these with at least one injury';
COMMENT ON COLUMN ntsb.accident_features.acft_category IS 'Category of the aircraft: AIR, HELI, GLI, …';
COMMENT ON COLUMN ntsb.accident_features.acft_make IS 'Maker of the aircraft, standardised';
COMMENT ON COLUMN ntsb.accident_features.acft_model IS 'Model of the aircraft, standardised';
COMMENT ON COLUMN ntsb.accident_features.homebuilt IS 'Amateur-built aircraft';
COMMENT ON COLUMN ntsb.accident_features.num_eng IS 'Number of engines';
COMMENT ON COLUMN ntsb.accident_features.eng_type IS 'Type of its first engine: REC, TF, TP, TS, …';
COMMENT ON COLUMN ntsb.accident_features.fuel_feed IS 'Carburettor or fuel injection';
COMMENT ON COLUMN ntsb.accident_features.total_hp IS 'Rated power of its engines in horsepower';
COMMENT ON COLUMN ntsb.accident_features.cert_max_gr_wt IS 'Certified maximum gross weight in pounds';
COMMENT ON COLUMN ntsb.accident_features.total_seats IS 'Number of seats';
COMMENT ON COLUMN ntsb.accident_features.fixed_retractable IS 'Fixed or retractable landing gear';
COMMENT ON COLUMN ntsb.accident_features.acft_year IS 'Year of manufacture';
COMMENT ON COLUMN ntsb.accident_features.afm_hrs IS 'Airframe hours';
COMMENT ON COLUMN ntsb.accident_features.type_last_insp IS 'Type of the last inspection';
COMMENT ON COLUMN ntsb.accident_features.registry IS 'Registered in the United States (N) or abroad (F)';
COMMENT ON COLUMN ntsb.accident_features.type_events IS 'Number of events of the same make and model, until one year before the event';
COMMENT ON COLUMN ntsb.accident_features.type_fatal_share IS 'Share of these that were fatal';
COMMENT ON COLUMN ntsb.accident_features.type_injury_share IS 'Share of these with at least one injury';
COMMENT ON COLUMN ntsb.accident_features.make_events IS 'Number of events of the same make, until one year before the event';
COMMENT ON COLUMN ntsb.accident_features.make_fatal_share IS 'Share of these that were fatal';
COMMENT ON COLUMN ntsb.accident_features.far_part IS 'Regulation (14 CFR part) of the flight';
COMMENT ON COLUMN ntsb.accident_features.type_fly IS 'Purpose of the flight';
COMMENT ON COLUMN ntsb.accident_features.oper_sched IS 'Scheduled or non-scheduled';
COMMENT ON COLUMN ntsb.accident_features.oper_pax_cargo IS 'Passengers, cargo or both';
COMMENT ON COLUMN ntsb.accident_features.oper_dom_int IS 'Domestic or international operation';
COMMENT ON COLUMN ntsb.accident_features.flt_plan_filed IS 'Flight plan: none, VFR, IFR, …';
COMMENT ON COLUMN ntsb.accident_features.second_pilot IS 'Second pilot on board';
COMMENT ON COLUMN ntsb.accident_features.site_seeing IS 'Sightseeing flight';
COMMENT ON COLUMN ntsb.accident_features.air_medical IS 'Air ambulance';
COMMENT ON COLUMN ntsb.accident_features.wx_cond_basic IS 'Visual (VMC) or instrument (IMC) meteorological conditions';
COMMENT ON COLUMN ntsb.accident_features.light_cond IS 'Light condition: day, dusk, night, …';
COMMENT ON COLUMN ntsb.accident_features.sky_cond_ceil IS 'Type of the ceiling: overcast, broken, …';
COMMENT ON COLUMN ntsb.accident_features.sky_ceil_ht IS 'Ceiling in feet above ground level';
COMMENT ON COLUMN ntsb.accident_features.vis_sm IS 'Visibility in statute miles';
COMMENT ON COLUMN ntsb.accident_features.wind_vel_kts IS 'Wind speed in knots';
COMMENT ON COLUMN ntsb.accident_features.gust_kts IS 'Gust speed in knots';
COMMENT ON COLUMN ntsb.accident_features.wx_temp_c IS 'Temperature in degrees Celsius';
COMMENT ON COLUMN ntsb.accident_features.wx_dew_pt_c IS 'Dew point in degrees Celsius';
COMMENT ON COLUMN ntsb.accident_features.pilots IS 'Number of pilots of the first aircraft';
COMMENT ON COLUMN ntsb.accident_features.pilot_age IS 'Age of the pilot in command in years, 10 to 110';
COMMENT ON COLUMN ntsb.accident_features.pilot_sex IS 'Sex of the pilot';
COMMENT ON COLUMN ntsb.accident_features.pilot_certificate IS 'Highest certificate of the pilot';
COMMENT ON COLUMN ntsb.accident_features.pilot_medical IS 'Class of the pilot''s medical certificate';
COMMENT ON COLUMN ntsb.accident_features.pilot_medical_validity IS 'Waivers and limitations of the medical certificate';
COMMENT ON COLUMN ntsb.accident_features.medical_date IS 'Date of the pilot''s last medical examination';
COMMENT ON COLUMN ntsb.accident_features.pilot_profession IS 'Professional pilot or not';
COMMENT ON COLUMN ntsb.accident_features.pilot_total_hours IS 'Flight hours of the pilot';
COMMENT ON COLUMN ntsb.accident_features.pilot_make_hours IS 'Flight hours of the pilot in this make and model';
COMMENT ON COLUMN ntsb.accident_features.pilot_90_day_hours IS 'Flight hours of the pilot in the last 90 days';
COMMENT ON COLUMN ntsb.accident_features.damage IS 'Damage to the aircraft: DEST, SUBS, MINR, NONE';
COMMENT ON COLUMN ntsb.accident_features.acft_fire IS 'Fire: none, in flight, on the ground, …';
COMMENT ON COLUMN ntsb.accident_features.acft_expl IS 'Explosion';
COMMENT ON COLUMN ntsb.accident_features.evacuation IS 'The aircraft was evacuated';
COMMENT ON COLUMN ntsb.accident_features.phase_code IS 'Phase of flight in the codes used since 2008';
COMMENT ON COLUMN ntsb.accident_features.phase IS 'Phase of flight, grouped';
COMMENT ON COLUMN ntsb.accident_features.defining_event IS 'Defining event in the codes used since 2008';
COMMENT ON COLUMN ntsb.accident_features.mid_air IS 'Collision in the air';
COMMENT ON COLUMN ntsb.accident_features.on_ground_collision IS 'Collision on the ground';
COMMENT ON COLUMN ntsb.accident_features.aircraft_count IS 'Number of aircraft';
CREATE TABLE ntsb.bridge_event_aircraft (
    accident_id integer NOT NULL,
    aircraft_key integer NOT NULL,
    aircraft_id integer NOT NULL,
    damage text,
    far_part text,
    type_fly text
);
COMMENT ON TABLE ntsb.bridge_event_aircraft IS 'All aircraft of each event';
COMMENT ON COLUMN ntsb.bridge_event_aircraft.accident_id IS 'Event in ntsb.fact_accidents';
COMMENT ON COLUMN ntsb.bridge_event_aircraft.aircraft_key IS 'NTSB''s number of the aircraft within the event';
COMMENT ON COLUMN ntsb.bridge_event_aircraft.aircraft_id IS 'Aircraft in ntsb.dim_aircraft, in its configuration of that day';
COMMENT ON COLUMN ntsb.bridge_event_aircraft.damage IS 'Damage to this aircraft';
COMMENT ON COLUMN ntsb.bridge_event_aircraft.far_part IS 'FAR part of the flight of this aircraft';
COMMENT ON COLUMN ntsb.bridge_event_aircraft.type_fly IS 'Purpose of the flight of this aircraft';
CREATE TABLE ntsb.exposure_hours (
    ev_year smallint NOT NULL,
    operations text NOT NULL,
    acft_category text,
    hours double precision NOT NULL,
    source text NOT NULL,
    edition text NOT NULL,
    revision smallint DEFAULT 0 NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL,
    exposure_id bigint NOT NULL,
    CONSTRAINT exposure_hours_edition_check CHECK ((edition ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'::text)),
    CONSTRAINT exposure_hours_ev_year_check CHECK (((ev_year >= 1903) AND (ev_year <= 2200))),
    CONSTRAINT exposure_hours_hours_check CHECK (((hours > (0)::double precision) AND (hours < 'Infinity'::double precision))),
    CONSTRAINT exposure_hours_operations_check CHECK ((operations = ANY (ARRAY['all'::text, 'general_aviation'::text, 'part_121'::text, 'part_135'::text]))),
    CONSTRAINT exposure_hours_revision_check CHECK ((revision >= 0)),
    CONSTRAINT exposure_hours_source_check CHECK ((btrim(source) <> ''::text))
);
COMMENT ON TABLE ntsb.exposure_hours IS 'Flight hours per year and kind of operations, the denominators of ntsb.accident_rates; filled by `ntsb load-exposure`. Shipped: those of ntsb.published_statistics. Of several editions of a year the newest counts (edition, then revision, then loaded_at)';
COMMENT ON COLUMN ntsb.exposure_hours.ev_year IS 'Calendar year in which the hours were flown';
COMMENT ON COLUMN ntsb.exposure_hours.operations IS 'Flights that the hours cover, as in ntsb.accident_rates: all (civil aircraft of US registration), general_aviation (of these, not under parts 121, 129 and 135), part_121, part_135';
COMMENT ON COLUMN ntsb.exposure_hours.acft_category IS 'Aircraft category, as in ntsb.fact_accidents (AIR, HELI, …); null means all';
COMMENT ON COLUMN ntsb.exposure_hours.hours IS 'Flight hours';
COMMENT ON COLUMN ntsb.exposure_hours.source IS 'Publisher and table of the figure';
COMMENT ON COLUMN ntsb.exposure_hours.edition IS 'Edition of the source: year, month or day of publication (2005, 2005-03, 2005-03-31)';
COMMENT ON COLUMN ntsb.exposure_hours.revision IS 'Number of the revision within the edition; 0 is the first';
COMMENT ON COLUMN ntsb.exposure_hours.loaded_at IS 'When the figure was stored or last changed';
COMMENT ON COLUMN ntsb.exposure_hours.exposure_id IS 'Number of the row, generated';
CREATE TABLE ntsb.year_completeness (
    ev_year smallint NOT NULL,
    events integer NOT NULL,
    with_findings integer NOT NULL,
    with_probable_cause integer NOT NULL,
    with_either integer NOT NULL,
    final_reports integer NOT NULL,
    completeness numeric(5,4) NOT NULL
);
COMMENT ON TABLE ntsb.year_completeness IS 'How many events of each year NTSB has finished: recent years and events abroad are reported late. Filled by ntsb_refresh_star';
COMMENT ON COLUMN ntsb.year_completeness.ev_year IS 'Year of the events';
COMMENT ON COLUMN ntsb.year_completeness.events IS 'Number of events';
COMMENT ON COLUMN ntsb.year_completeness.with_findings IS 'Events with findings';
COMMENT ON COLUMN ntsb.year_completeness.with_probable_cause IS 'Events with the text of a probable cause';
COMMENT ON COLUMN ntsb.year_completeness.with_either IS 'Events with findings or a probable cause';
COMMENT ON COLUMN ntsb.year_completeness.final_reports IS 'Events with a final report';
COMMENT ON COLUMN ntsb.year_completeness.completeness IS 'with_either / events, 0 to 1';
CREATE VIEW ntsb.accident_rates AS
 SELECT s.ev_year,
    s.operations,
    s.acft_category,
    a.accidents,
    a.fatal_accidents,
    a.fatalities,
    a.fatal_accidents_without_count,
    s.hours,
    (((a.accidents * 100000))::double precision / s.hours) AS accidents_per_100k_hours,
    (((a.fatal_accidents * 100000))::double precision / s.hours) AS fatal_accidents_per_100k_hours,
        CASE
            WHEN ((a.fatal_accidents_without_count)::numeric <= (0.02 * (a.fatal_accidents)::numeric)) THEN (((a.fatalities * 100000))::double precision / s.hours)
            ELSE NULL::double precision
        END AS fatalities_per_100k_hours,
    s.source,
    s.edition,
    s.revision,
    y.completeness AS year_completeness
   FROM ((( SELECT DISTINCT ON (z.ev_year, z.operations, z.acft_category) z.ev_year,
            z.operations,
            z.acft_category,
            z.hours,
            z.source,
            z.edition,
            z.revision
           FROM ( SELECT x.ev_year,
                    x.operations,
                    x.acft_category,
                    x.hours,
                    x.source,
                    x.edition,
                    x.revision,
                    x.loaded_at,
                    x.exposure_id
                   FROM ntsb.exposure_hours x
                UNION ALL
                 SELECT v.ev_year,
                    o.operations,
                    NULL::text,
                    NULL::double precision,
                    NULL::text,
                    NULL::text,
                    NULL::smallint,
                    NULL::timestamp with time zone,
                    NULL::bigint
                   FROM (ntsb.year_completeness v
                     CROSS JOIN ( VALUES ('all'::text), ('general_aviation'::text)) o(operations))) z
          ORDER BY z.ev_year, z.operations, z.acft_category, (z.edition COLLATE "C") DESC NULLS LAST, z.revision DESC, z.loaded_at DESC, z.exposure_id DESC) s
     LEFT JOIN ntsb.year_completeness y ON ((y.ev_year = s.ev_year)))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (y.ev_year IS NOT NULL) THEN count(*)
                    ELSE NULL::bigint
                END AS accidents,
                CASE
                    WHEN (y.ev_year IS NOT NULL) THEN count(*) FILTER (WHERE (f.severity = 'FATL'::text))
                    ELSE NULL::bigint
                END AS fatal_accidents,
                CASE
                    WHEN (y.ev_year IS NOT NULL) THEN COALESCE(sum(f.fatalities), (
                    CASE
                        WHEN (count(*) FILTER (WHERE (f.fatalities IS NULL)) = 0) THEN 0
                        ELSE NULL::integer
                    END)::bigint)
                    ELSE NULL::bigint
                END AS fatalities,
                CASE
                    WHEN (y.ev_year IS NOT NULL) THEN count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL)))
                    ELSE NULL::bigint
                END AS fatal_accidents_without_count
           FROM ntsb.fact_accidents f
          WHERE ((f.ev_year = s.ev_year) AND f.is_us_civil_accident AND
                CASE s.operations
                    WHEN 'all'::text THEN true
                    WHEN 'general_aviation'::text THEN f.is_general_aviation
                    ELSE (EXISTS ( SELECT
                       FROM ntsb.bridge_event_aircraft b
                      WHERE ((b.accident_id = f.accident_id) AND (('part_'::text || b.far_part) = s.operations))))
                END AND ((s.acft_category IS NULL) OR (f.acft_category = s.acft_category)))) a);
COMMENT ON VIEW ntsb.accident_rates IS 'Accident rates per 100,000 flight hours by NTSB''s definitions: accidents (not incidents) with an aircraft of US registration, anywhere. One row for each year, kind of operations and aircraft category in ntsb.exposure_hours (its newest edition), and for each year with events for all operations and for general aviation; rates are null if the hours are missing';
COMMENT ON COLUMN ntsb.accident_rates.ev_year IS 'Year of the accidents';
COMMENT ON COLUMN ntsb.accident_rates.operations IS 'Accidents and hours counted: all (is_us_civil_accident), general_aviation (is_general_aviation), part_121 or part_135 (of all, those with an aircraft under that part)';
COMMENT ON COLUMN ntsb.accident_rates.acft_category IS 'Category of the first aircraft; null means all';
COMMENT ON COLUMN ntsb.accident_rates.accidents IS 'Number of accidents; null if no events of the year are loaded';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents IS 'Number of fatal accidents';
COMMENT ON COLUMN ntsb.accident_rates.fatalities IS 'People killed, in accidents with a count';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents_without_count IS 'Fatal accidents without a count of the people killed';
COMMENT ON COLUMN ntsb.accident_rates.hours IS 'Flight hours of the same operations; null if ntsb.exposure_hours has none';
COMMENT ON COLUMN ntsb.accident_rates.accidents_per_100k_hours IS 'Accidents per 100,000 flight hours';
COMMENT ON COLUMN ntsb.accident_rates.fatal_accidents_per_100k_hours IS 'Fatal accidents per 100,000 flight hours';
COMMENT ON COLUMN ntsb.accident_rates.fatalities_per_100k_hours IS 'People killed per 100,000 flight hours; null if more than 2 % of the fatal accidents have no count';
COMMENT ON COLUMN ntsb.accident_rates.source IS 'Source of the flight hours';
COMMENT ON COLUMN ntsb.accident_rates.edition IS 'Edition of the source, the newest loaded';
COMMENT ON COLUMN ntsb.accident_rates.revision IS 'Revision of the edition, the newest loaded';
COMMENT ON COLUMN ntsb.accident_rates.year_completeness IS 'Share (0 to 1) of the events of that year that have findings or a probable cause; see ntsb.year_completeness';
CREATE TABLE ntsb.code_meaning (
    kind text NOT NULL,
    code text NOT NULL,
    meaning text NOT NULL
);
COMMENT ON TABLE ntsb.code_meaning IS 'Meanings of codes, from the dictionaries in the loaded files (ntsb.data_dictionary, ct_iaids, ct_seqevt, ct_pre1982, states, country); filled by ntsb_refresh_star';
COMMENT ON COLUMN ntsb.code_meaning.kind IS 'Column that holds the code, such as damage; also state, country; phase, event, finding and modifier for the parts of codes since 2008; seqevt for codes of 1982 to 2007; pre1982.COLUMN for earlier codes';
COMMENT ON COLUMN ntsb.code_meaning.code IS 'Code as in the events';
COMMENT ON COLUMN ntsb.code_meaning.meaning IS 'Meaning of the code';
CREATE TABLE ntsb.dim_causes (
    cause_id integer NOT NULL,
    natural_key text NOT NULL,
    era text,
    kind text,
    code text,
    description text,
    category text,
    phase_code text,
    phase text,
    in_probable_cause boolean
);
COMMENT ON TABLE ntsb.dim_causes IS 'Codes of findings and occurrences used by events, from all coding eras';
COMMENT ON COLUMN ntsb.dim_causes.cause_id IS 'Surrogate key; 0 means no code';
COMMENT ON COLUMN ntsb.dim_causes.natural_key IS 'Era, kind, code and in_probable_cause as one text';
COMMENT ON COLUMN ntsb.dim_causes.era IS 'Coding era, by its first year: 2008 (findings, events_sequence), 1982 (seq_of_events, occurrences), 1962 (legacy_event, legacy_cause). A code has its meaning only within its era';
COMMENT ON COLUMN ntsb.dim_causes.kind IS 'finding (why it happened) or occurrence (what happened)';
COMMENT ON COLUMN ntsb.dim_causes.code IS 'finding_code, occurrence_code or subj_code; for a legacy cause its parts P, M and S, joined by -';
COMMENT ON COLUMN ntsb.dim_causes.description IS 'Meaning of the code from the loaded dictionary, or else from the rows that have it';
COMMENT ON COLUMN ntsb.dim_causes.category IS 'Category of a finding: Aircraft, Personnel, Environment, Organization, Not determined; null if the code has none';
COMMENT ON COLUMN ntsb.dim_causes.phase_code IS 'Phase of flight within the code of an occurrence since 2008';
COMMENT ON COLUMN ntsb.dim_causes.phase IS 'Phase group of phase_code; see ntsb_phase_group';
COMMENT ON COLUMN ntsb.dim_causes.in_probable_cause IS 'Whether NTSB includes the finding in the probable cause; false for factors; null if unknown';
CREATE VIEW ntsb.accidents AS
 SELECT f.ev_id,
    f.ntsb_no,
    f.mkey,
    f.ev_type,
    f.ev_date,
    f.ev_year,
    f.ev_month,
    f.ev_time,
    f.ev_tmzn,
    f.occurred_at,
    f.local_date,
    f.local_time,
    f.local_hour,
    f.time_zone,
    f.sun_elevation,
    f.daylight,
    f.place,
    f.ev_city,
    f.ev_state,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'state'::text)) ->> f.ev_state), f.ev_state) AS state_name,
    f.ev_country,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'country'::text)) ->> f.ev_country), f.ev_country) AS country_name,
    f.is_domestic,
    f.lat,
    f.lon,
    f.geog,
    f.nearest_airport_id,
    f.nearest_airport_km,
    f.severity,
        CASE f.severity
            WHEN 'FATL'::text THEN 'Fatal'::text
            WHEN 'SERS'::text THEN 'Serious'::text
            WHEN 'MINR'::text THEN 'Minor'::text
            WHEN 'NONE'::text THEN 'None'::text
            ELSE f.severity
        END AS severity_label,
    f.highest_injury,
    f.fatalities,
    f.serious,
    f.minor,
    f.uninjured,
    f.wx_cond_basic,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'wx_cond_basic'::text)) ->> f.wx_cond_basic), f.wx_cond_basic) AS weather,
    f.light_cond,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'light_cond'::text)) ->> f.light_cond), f.light_cond) AS light,
    f.aircraft,
    f.aircraft_count,
    f.is_mid_air,
    f.is_us_civil_accident,
    f.is_general_aviation,
    f.damage,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'damage'::text)) ->> f.damage), f.damage) AS damage_meaning,
    f.acft_make,
    f.acft_model,
    f.acft_family,
    f.acft_category,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'acft_category'::text)) ->> f.acft_category), f.acft_category) AS category,
    f.regis_no,
    f.is_amateur_built,
    f.aircraft_age_years,
    f.far_part,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'far_part'::text)) ->> f.far_part), f.far_part) AS far_part_meaning,
    f.type_fly,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'type_fly'::text)) ->> f.type_fly), f.type_fly) AS purpose,
    f.engine_count,
    f.engine_type,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'eng_type'::text)) ->> f.engine_type), f.engine_type) AS engine_type_meaning,
    f.engine_make,
    f.engine_model,
    f.pilot_age,
    f.pilot_total_hours,
    f.pilot_make_hours,
    f.pilot_certificate,
    COALESCE((( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
           FROM ntsb.code_meaning m
          WHERE (m.kind = 'crew_cert_code'::text)) ->> f.pilot_certificate), f.pilot_certificate) AS pilot_certificate_meaning,
    f.is_student_pilot,
    f.era,
    f.phase_code,
    COALESCE((
        CASE f.era
            WHEN '2008'::text THEN ( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
               FROM ntsb.code_meaning m
              WHERE (m.kind = 'phase'::text))
            WHEN '1982'::text THEN ( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
               FROM ntsb.code_meaning m
              WHERE (m.kind = 'phase_of_flight'::text))
            ELSE ( SELECT jsonb_object_agg(m.code, m.meaning) AS jsonb_object_agg
               FROM ntsb.code_meaning m
              WHERE (m.kind = 'pre1982.operation_phase1'::text))
        END ->> f.phase_code), f.phase_code) AS phase_meaning,
    f.phase,
    f.defining_event,
    COALESCE(o.description, f.defining_event) AS defining_event_meaning,
    f.first_finding,
    COALESCE(i.description, f.first_finding) AS first_finding_meaning,
    f.cause_category,
    f.has_findings,
    f.has_probable_cause,
    f.probable_cause,
    f.report_status,
    f.is_final,
    f.ntsb_docket,
    ('https://data.ntsb.gov/Docket?ProjectID='::text || f.mkey) AS docket_url,
    ( SELECT y.completeness
           FROM ntsb.year_completeness y
          WHERE (y.ev_year = f.ev_year)) AS year_completeness,
    f.aircraft_key,
    f.crew_no,
    f.accident_id,
    f.time_id,
    f.location_id,
    f.aircraft_id,
    f.crew_id,
    f.weather_id,
    f.occurrence_cause_id,
    f.finding_cause_id,
    f.updated_at
   FROM ((ntsb.fact_accidents f
     LEFT JOIN ntsb.dim_causes o ON ((o.cause_id = f.occurrence_cause_id)))
     LEFT JOIN ntsb.dim_causes i ON ((i.cause_id = f.finding_cause_id)));
COMMENT ON VIEW ntsb.accidents IS 'Accidents and incidents, one row each, with codes decoded: the table to query first. Current as of the last CALL ntsb_refresh(), which `ntsb load` makes after each file (see ntsb.refresh_state). Recent years are incomplete: see year_completeness';
COMMENT ON COLUMN ntsb.accidents.ev_id IS 'NTSB''s identifier of the event, 14 characters';
COMMENT ON COLUMN ntsb.accidents.ntsb_no IS 'NTSB''s investigation number, used by its web pages';
COMMENT ON COLUMN ntsb.accidents.mkey IS 'Case key in NTSB''s API and ProjectID of the docket, taken from the ev_id; null before September 2020';
COMMENT ON COLUMN ntsb.accidents.ev_type IS 'ACC accident, INC incident';
COMMENT ON COLUMN ntsb.accidents.ev_date IS 'Date of the event; UTC if ev_tmzn says so (rows written since 2020), otherwise local';
COMMENT ON COLUMN ntsb.accidents.ev_year IS 'Year of ev_date; if that is null, the year in the file';
COMMENT ON COLUMN ntsb.accidents.ev_month IS 'Month, 1 to 12: that of the file, or else of ev_date';
COMMENT ON COLUMN ntsb.accidents.ev_time IS 'Clock time as HHMM (825 is 08:25), in the zone of ev_tmzn';
COMMENT ON COLUMN ntsb.accidents.ev_tmzn IS 'Time zone of ev_date and ev_time; null means local time';
COMMENT ON COLUMN ntsb.accidents.occurred_at IS 'Timestamp of the event; null if its time or its time zone is unknown';
COMMENT ON COLUMN ntsb.accidents.local_date IS 'Local date of the event; null if the file gives UTC and the local time zone or the time is unknown';
COMMENT ON COLUMN ntsb.accidents.local_time IS 'Local time of the event; null if unknown';
COMMENT ON COLUMN ntsb.accidents.local_hour IS 'Hour of local_time, 0 to 23';
COMMENT ON COLUMN ntsb.accidents.time_zone IS 'IANA name of the time zone at the coordinates; a nautical zone (Etc/GMT+10) at sea';
COMMENT ON COLUMN ntsb.accidents.sun_elevation IS 'Elevation of the sun above the horizon at occurred_at in degrees, without refraction';
COMMENT ON COLUMN ntsb.accidents.daylight IS 'Computed from sun_elevation: Day (above -0.833 degrees), Civil twilight (above -6), Night; light_cond is what NTSB reports';
COMMENT ON COLUMN ntsb.accidents.place IS 'City, state, and country unless USA, as display text';
COMMENT ON COLUMN ntsb.accidents.ev_city IS 'City or place, standardised by ntsb_standard_city';
COMMENT ON COLUMN ntsb.accidents.ev_state IS 'State, territory or sea area, two letters; null abroad';
COMMENT ON COLUMN ntsb.accidents.state_name IS 'Name of ev_state; the code if the files do not name it';
COMMENT ON COLUMN ntsb.accidents.ev_country IS 'NTSB''s country code: USA or a two-letter FIPS code; null if missing';
COMMENT ON COLUMN ntsb.accidents.country_name IS 'Name of ev_country; the code if the files do not name it';
COMMENT ON COLUMN ntsb.accidents.is_domestic IS 'In the territory of the United States, by country and state. If both are null: false if the investigation is foreign (class W or R of ntsb_no) or the flight was under foreign rules (NUSC, NUSN); null if unknown';
COMMENT ON COLUMN ntsb.accidents.lat IS 'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.accidents.lon IS 'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.accidents.geog IS 'lat and lon as a PostGIS point';
COMMENT ON COLUMN ntsb.accidents.nearest_airport_id IS 'Nearest airport of ntsb.airport; null if no list is loaded';
COMMENT ON COLUMN ntsb.accidents.nearest_airport_km IS 'Distance to the nearest airport in kilometres on the spheroid';
COMMENT ON COLUMN ntsb.accidents.severity IS 'FATL if NTSB reports it or counts fatalities; otherwise the highest injury: SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.accidents.severity_label IS 'Meaning of severity: Fatal, Serious, Minor, None';
COMMENT ON COLUMN ntsb.accidents.highest_injury IS 'Highest injury as in the file: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.accidents.fatalities IS 'People killed, including people on the ground; 0 if the severity excludes fatalities; null if unknown';
COMMENT ON COLUMN ntsb.accidents.serious IS 'People seriously injured; 0 if the file has other counts or the severity excludes them; null if unknown';
COMMENT ON COLUMN ntsb.accidents.minor IS 'People with minor injuries; 0 and null as for serious';
COMMENT ON COLUMN ntsb.accidents.uninjured IS 'People without injuries; 0 and null as for serious';
COMMENT ON COLUMN ntsb.accidents.wx_cond_basic IS 'VMC visual, IMC instrument meteorological conditions';
COMMENT ON COLUMN ntsb.accidents.weather IS 'Meaning of wx_cond_basic';
COMMENT ON COLUMN ntsb.accidents.light_cond IS 'Light conditions as NTSB reports them: DAYL, DUSK, NDRK, …';
COMMENT ON COLUMN ntsb.accidents.light IS 'Meaning of light_cond';
COMMENT ON COLUMN ntsb.accidents.aircraft IS 'Make, model and registration mark of each aircraft, as display text';
COMMENT ON COLUMN ntsb.accidents.aircraft_count IS 'Number of aircraft involved';
COMMENT ON COLUMN ntsb.accidents.is_mid_air IS 'Mid-air collision';
COMMENT ON COLUMN ntsb.accidents.is_us_civil_accident IS 'Counted in NTSB''s yearly statistics: an accident (ACC) with any US-registered aircraft, anywhere';
COMMENT ON COLUMN ntsb.accidents.is_general_aviation IS 'is_us_civil_accident without any aircraft under parts 121, 129 or 135; if the part is missing, a coded service (oper_sched) means one of them';
COMMENT ON COLUMN ntsb.accidents.damage IS 'Worst damage to an aircraft: DEST, SUBS, MINR, NONE';
COMMENT ON COLUMN ntsb.accidents.damage_meaning IS 'Meaning of damage';
COMMENT ON COLUMN ntsb.accidents.acft_make IS 'Maker of the first aircraft, standardised by ntsb_standard_make';
COMMENT ON COLUMN ntsb.accidents.acft_model IS 'Model of the first aircraft, standardised by ntsb_standard_model';
COMMENT ON COLUMN ntsb.accidents.acft_family IS 'Family of acft_model: 172 for 172N, R172K and F172N; see ntsb_aircraft_family';
COMMENT ON COLUMN ntsb.accidents.acft_category IS 'Category of the first aircraft: AIR, HELI, …';
COMMENT ON COLUMN ntsb.accidents.category IS 'Meaning of acft_category';
COMMENT ON COLUMN ntsb.accidents.regis_no IS 'Registration mark of the first aircraft';
COMMENT ON COLUMN ntsb.accidents.is_amateur_built IS 'Whether the first aircraft is amateur-built';
COMMENT ON COLUMN ntsb.accidents.aircraft_age_years IS 'Age of the first aircraft: year of the event minus year of manufacture, which is NTSB''s (acft_year) or else that of the FAA registry; null if unknown or outside 0 to 120';
COMMENT ON COLUMN ntsb.accidents.far_part IS 'FAR part of the first aircraft''s flight: 091, 121, …';
COMMENT ON COLUMN ntsb.accidents.far_part_meaning IS 'Meaning of far_part';
COMMENT ON COLUMN ntsb.accidents.type_fly IS 'Purpose of the first aircraft''s flight: PERS, INST, …';
COMMENT ON COLUMN ntsb.accidents.purpose IS 'Meaning of type_fly';
COMMENT ON COLUMN ntsb.accidents.engine_count IS 'Number of engines of the first aircraft, as reported, or else the number of engines listed';
COMMENT ON COLUMN ntsb.accidents.engine_type IS 'Type of the first engine of that aircraft: REC, TP, TF, …';
COMMENT ON COLUMN ntsb.accidents.engine_type_meaning IS 'Meaning of engine_type';
COMMENT ON COLUMN ntsb.accidents.engine_make IS 'Maker of that engine, standardised spelling';
COMMENT ON COLUMN ntsb.accidents.engine_model IS 'Model of that engine, as in the file';
COMMENT ON COLUMN ntsb.accidents.pilot_age IS 'Age in years of the pilot in command of the first aircraft; null if outside 10 to 110';
COMMENT ON COLUMN ntsb.accidents.pilot_total_hours IS 'Total flight hours of that pilot';
COMMENT ON COLUMN ntsb.accidents.pilot_make_hours IS 'Flight hours of that pilot in this make and model';
COMMENT ON COLUMN ntsb.accidents.pilot_certificate IS 'Highest certificate of that pilot: ATP, COMM, PRI, STU, …';
COMMENT ON COLUMN ntsb.accidents.pilot_certificate_meaning IS 'Meaning of pilot_certificate';
COMMENT ON COLUMN ntsb.accidents.is_student_pilot IS 'Whether that pilot''s highest certificate is a student certificate; null if no certificate is known';
COMMENT ON COLUMN ntsb.accidents.era IS 'Coding era of phase_code and defining_event, by its first year: 2008, 1982 or 1962; see ntsb.dim_causes';
COMMENT ON COLUMN ntsb.accidents.phase_code IS 'Phase of flight of the defining occurrence, in the codes of its era';
COMMENT ON COLUMN ntsb.accidents.phase_meaning IS 'Meaning of phase_code';
COMMENT ON COLUMN ntsb.accidents.phase IS 'Phase group, the same in all eras; see ntsb_phase_group';
COMMENT ON COLUMN ntsb.accidents.defining_event IS 'Code of the defining occurrence: the one flagged by NTSB, or else the first';
COMMENT ON COLUMN ntsb.accidents.defining_event_meaning IS 'Meaning of defining_event';
COMMENT ON COLUMN ntsb.accidents.first_finding IS 'Code of the first finding';
COMMENT ON COLUMN ntsb.accidents.first_finding_meaning IS 'Meaning of first_finding';
COMMENT ON COLUMN ntsb.accidents.cause_category IS 'Category of the first finding: Aircraft, Personnel, Environment, Organization, Not determined';
COMMENT ON COLUMN ntsb.accidents.has_findings IS 'Whether NTSB has published findings';
COMMENT ON COLUMN ntsb.accidents.has_probable_cause IS 'Whether NTSB has published the text of a probable cause';
COMMENT ON COLUMN ntsb.accidents.probable_cause IS 'NTSB''s text of the probable cause, from the first aircraft that has one; null until it is adopted';
COMMENT ON COLUMN ntsb.accidents.report_status IS 'ntsb_admin.rec_stat: P preliminary, F factual, B probable cause adopted';
COMMENT ON COLUMN ntsb.accidents.is_final IS 'Whether the report is final: report_status B or F';
COMMENT ON COLUMN ntsb.accidents.ntsb_docket IS 'Docket number as in the file';
COMMENT ON COLUMN ntsb.accidents.docket_url IS 'Web page of the docket; null if mkey is null';
COMMENT ON COLUMN ntsb.accidents.year_completeness IS 'Share (0 to 1) of the events of that year that have findings or a probable cause: how reliable counts by cause are';
COMMENT ON COLUMN ntsb.accidents.aircraft_key IS 'NTSB''s number of the first aircraft within the event, as in ntsb.aircraft; null if there is no aircraft';
COMMENT ON COLUMN ntsb.accidents.crew_no IS 'Number of the pilot in command of that aircraft, as in ntsb.flight_crew; null if unknown';
COMMENT ON COLUMN ntsb.accidents.accident_id IS 'Surrogate key; changes with ntsb_rebuild_star';
COMMENT ON COLUMN ntsb.accidents.time_id IS 'Day of the event in ntsb.dim_time; 0 if unknown';
COMMENT ON COLUMN ntsb.accidents.location_id IS 'Place of the event in ntsb.dim_location; 0 if unknown';
COMMENT ON COLUMN ntsb.accidents.aircraft_id IS 'First aircraft in ntsb.dim_aircraft, in its configuration of that day; ntsb.bridge_event_aircraft has all aircraft';
COMMENT ON COLUMN ntsb.accidents.crew_id IS 'Pilot in command of the first aircraft in ntsb.dim_crew; ntsb.bridge_event_crew has all crew members';
COMMENT ON COLUMN ntsb.accidents.weather_id IS 'Weather in ntsb.dim_weather; 0 if unknown';
COMMENT ON COLUMN ntsb.accidents.occurrence_cause_id IS 'Defining occurrence in ntsb.dim_causes; ntsb.bridge_event_cause has all occurrences';
COMMENT ON COLUMN ntsb.accidents.finding_cause_id IS 'First finding in ntsb.dim_causes; ntsb.bridge_event_cause has all findings';
COMMENT ON COLUMN ntsb.accidents.updated_at IS 'When a refresh last changed the row';
CREATE TABLE ntsb.event_key (
    ev_id text NOT NULL,
    ev_year smallint NOT NULL,
    lchg_date timestamp(0) without time zone,
    lchg_batch bigint NOT NULL
);
COMMENT ON TABLE ntsb.event_key IS 'One row per event; makes ev_id unique across the partitions of ntsb.events';
COMMENT ON COLUMN ntsb.event_key.ev_id IS 'NTSB''s identifier of the event';
COMMENT ON COLUMN ntsb.event_key.ev_year IS 'Partition key of the event in ntsb.events';
COMMENT ON COLUMN ntsb.event_key.lchg_date IS 'Newest lchg_date loaded of the event';
COMMENT ON COLUMN ntsb.event_key.lchg_batch IS 'Batch that loaded lchg_date';
CREATE VIEW ntsb.aircraft_enriched AS
 SELECT c.ev_id,
    c.aircraft_key,
    c.regis_no,
    c.acft_make_std AS acft_make,
    c.acft_model_std AS acft_model,
    c.acft_year,
        CASE
            WHEN (((e.ev_year - c.acft_year) >= 0) AND ((e.ev_year - c.acft_year) <= 120)) THEN (e.ev_year - c.acft_year)
            ELSE NULL::integer
        END AS age_years,
    g.engines,
    g.total_hp,
    c.cert_max_gr_wt,
    round(((g.total_hp)::numeric / (NULLIF(GREATEST(c.cert_max_gr_wt, 0), 0))::numeric), 4) AS hp_per_lb,
    c.afm_hrs,
    round(((c.afm_hrs / (NULLIF(
        CASE
            WHEN (((e.ev_year - c.acft_year) >= 1) AND ((e.ev_year - c.acft_year) <= 120)) THEN (e.ev_year - c.acft_year)
            ELSE NULL::integer
        END, 0))::double precision))::numeric, 1) AS hours_per_year
   FROM ((ntsb.aircraft c
     JOIN ntsb.event_key e USING (ev_id))
     LEFT JOIN LATERAL ( SELECT count(*) AS engines,
                CASE
                    WHEN (bool_and(((n.hp_or_lbs = 'HP'::text) AND (n.power_units > 0))) AND (count(*) >= COALESCE((c.num_eng)::integer, 0))) THEN sum(n.power_units)
                    ELSE NULL::bigint
                END AS total_hp
           FROM ntsb.engines n
          WHERE ((n.ev_id = c.ev_id) AND (n.aircraft_key = c.aircraft_key) AND (n.withdrawn_batch IS NULL))) g ON (true))
  WHERE (c.withdrawn_batch IS NULL);
COMMENT ON VIEW ntsb.aircraft_enriched IS 'Age, power and hours of each aircraft of each event';
COMMENT ON COLUMN ntsb.aircraft_enriched.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.aircraft_enriched.aircraft_key IS 'NTSB''s number of the aircraft within the event';
COMMENT ON COLUMN ntsb.aircraft_enriched.regis_no IS 'Registration mark';
COMMENT ON COLUMN ntsb.aircraft_enriched.acft_make IS 'Maker, standardised spelling';
COMMENT ON COLUMN ntsb.aircraft_enriched.acft_model IS 'Model, standardised spelling';
COMMENT ON COLUMN ntsb.aircraft_enriched.acft_year IS 'Year of manufacture, in files since 2020';
COMMENT ON COLUMN ntsb.aircraft_enriched.age_years IS 'Years from manufacture to the event; null if outside 0 to 120';
COMMENT ON COLUMN ntsb.aircraft_enriched.engines IS 'Number of engines listed';
COMMENT ON COLUMN ntsb.aircraft_enriched.total_hp IS 'Rated power of all engines in horsepower; null if an engine is rated in pounds of thrust, has no rating, or is not listed';
COMMENT ON COLUMN ntsb.aircraft_enriched.cert_max_gr_wt IS 'Certified maximum gross weight in pounds';
COMMENT ON COLUMN ntsb.aircraft_enriched.hp_per_lb IS 'Power-to-weight ratio: horsepower per pound of gross weight';
COMMENT ON COLUMN ntsb.aircraft_enriched.afm_hrs IS 'Airframe hours';
COMMENT ON COLUMN ntsb.aircraft_enriched.hours_per_year IS 'Airframe hours per year of age';
CREATE TABLE ntsb.aircraft_type_reference (
    type_code text NOT NULL,
    make text,
    model text,
    make_std text,
    family text,
    aircraft_type text,
    engine_type text,
    category text,
    build_certification text,
    engine_count smallint,
    seats smallint,
    weight_class smallint,
    cruise_mph smallint,
    CONSTRAINT aircraft_type_reference_weight_class_check CHECK (((weight_class >= 1) AND (weight_class <= 4)))
);
COMMENT ON TABLE ntsb.aircraft_type_reference IS 'FAA''s aircraft reference (ACFTREF.txt): one row per make, model and series';
COMMENT ON COLUMN ntsb.aircraft_type_reference.type_code IS 'FAA''s code of make, model and series, 7 characters';
COMMENT ON COLUMN ntsb.aircraft_type_reference.make IS 'Maker as in the file. Null unless the type is type-certificated or light sport, because the maker of an amateur-built aircraft is usually a private person';
COMMENT ON COLUMN ntsb.aircraft_type_reference.model IS 'Model and series as in the file';
COMMENT ON COLUMN ntsb.aircraft_type_reference.make_std IS 'make, standardised by ntsb_standard_make';
COMMENT ON COLUMN ntsb.aircraft_type_reference.family IS 'Family of the model, such as 172 for 172N; see ntsb_aircraft_family. Null without a make';
COMMENT ON COLUMN ntsb.aircraft_type_reference.aircraft_type IS 'Glider, Balloon, Airship, Fixed wing single-engine, Fixed wing multi-engine, Rotorcraft, Weight-shift control, Powered parachute, Gyroplane, Hybrid lift, Other';
COMMENT ON COLUMN ntsb.aircraft_type_reference.engine_type IS 'None, Reciprocating, Turboprop, Turboshaft, Turbojet, Turbofan, Ramjet, 2-cycle, 4-cycle, Electric, Rotary';
COMMENT ON COLUMN ntsb.aircraft_type_reference.category IS 'Land, Sea, Amphibian';
COMMENT ON COLUMN ntsb.aircraft_type_reference.build_certification IS 'Type-certificated, Not type-certificated, Light sport';
COMMENT ON COLUMN ntsb.aircraft_type_reference.engine_count IS 'Number of engines; 0 if the type has none';
COMMENT ON COLUMN ntsb.aircraft_type_reference.seats IS 'Number of seats; null if unknown (0 in the file)';
COMMENT ON COLUMN ntsb.aircraft_type_reference.weight_class IS 'Class of the maximum take-off weight in pounds: 1 up to 12,499, 2 up to 19,999, 3 from 20,000, 4 unmanned up to 55';
COMMENT ON COLUMN ntsb.aircraft_type_reference.cruise_mph IS 'Average cruising speed in miles per hour; null if unknown (0 in the file)';
CREATE TABLE ntsb.engine_type_reference (
    engine_code text NOT NULL,
    make text,
    model text,
    engine_type text,
    horsepower integer,
    thrust_lbs integer
);
COMMENT ON TABLE ntsb.engine_type_reference IS 'FAA''s engine reference (ENGINE.txt): one row per make and model';
COMMENT ON COLUMN ntsb.engine_type_reference.engine_code IS 'FAA''s code of make and model, 5 characters';
COMMENT ON COLUMN ntsb.engine_type_reference.make IS 'Maker as in the file';
COMMENT ON COLUMN ntsb.engine_type_reference.model IS 'Model as in the file';
COMMENT ON COLUMN ntsb.engine_type_reference.engine_type IS 'Kind of engine, as in ntsb.aircraft_type_reference';
COMMENT ON COLUMN ntsb.engine_type_reference.horsepower IS 'Horsepower; null if unknown (0 in the file)';
COMMENT ON COLUMN ntsb.engine_type_reference.thrust_lbs IS 'Thrust in pounds; null if unknown (0 in the file)';
CREATE TABLE ntsb.registration (
    registration_id integer NOT NULL,
    n_number text NOT NULL,
    serial_no text,
    serial_key text,
    type_code text,
    engine_code text,
    year_manufactured smallint,
    valid_from date,
    valid_until date,
    origin text NOT NULL,
    status text,
    expiration_date date,
    registrant_type text,
    certification text,
    airworthiness_class text,
    airworthiness_date date,
    kit_make text,
    kit_model text,
    is_fractional boolean,
    mode_s_hex text,
    export_country text,
    period daterange GENERATED ALWAYS AS (
CASE
    WHEN ((valid_from IS NOT NULL) AND ((valid_until > valid_from) OR ((valid_until IS NULL) AND (origin = 'master'::text)))) THEN daterange(valid_from, valid_until)
    ELSE NULL::daterange
END) STORED,
    CONSTRAINT registration_n_number_check CHECK ((n_number ~ '^N[1-9]'::text)),
    CONSTRAINT registration_origin_check CHECK ((origin = ANY (ARRAY['master'::text, 'deregistered'::text, 'former'::text])))
);
COMMENT ON TABLE ntsb.registration IS 'Registrations of the FAA aircraft registry, one row per period: current ones (MASTER.txt), deregistered ones (DEREG.txt) and former ones that later files no longer hold. An N-number may have several periods with different aircraft. No names and no addresses';
COMMENT ON COLUMN ntsb.registration.registration_id IS 'Surrogate key';
COMMENT ON COLUMN ntsb.registration.n_number IS 'Registration mark with its N, such as N123AB';
COMMENT ON COLUMN ntsb.registration.serial_no IS 'Manufacturer''s serial number, as in the file';
COMMENT ON COLUMN ntsb.registration.serial_key IS 'serial_no for comparison: letters and digits only, upper case, without leading zeros';
COMMENT ON COLUMN ntsb.registration.type_code IS 'Make, model and series; see ntsb.aircraft_type_reference';
COMMENT ON COLUMN ntsb.registration.engine_code IS 'Make and model of the engine; see ntsb.engine_type_reference';
COMMENT ON COLUMN ntsb.registration.year_manufactured IS 'Year of manufacture; null if unknown or before 1900';
COMMENT ON COLUMN ntsb.registration.valid_from IS 'Date of the certificate of registration, which is renewed when the owner changes; null if the file gives none';
COMMENT ON COLUMN ntsb.registration.valid_until IS 'Date of cancellation (exclusive); of a former registration, the start of the next one or the edition that held it last. Null if it was not cancelled or the date is unknown';
COMMENT ON COLUMN ntsb.registration.origin IS 'master: in the current MASTER.txt; deregistered: from DEREG.txt; former: only in an earlier MASTER.txt';
COMMENT ON COLUMN ntsb.registration.status IS 'FAA''s status code: V, T and others valid; 13, 16, 27 and 29 expired';
COMMENT ON COLUMN ntsb.registration.expiration_date IS 'Date on which the registration expires. An expired registration keeps its N-number until it is cancelled';
COMMENT ON COLUMN ntsb.registration.registrant_type IS 'Kind of registrant: 1 individual, 2 partnership, 3 corporation, 4 co-owned, 5 government, 7 LLC, 8 non-citizen corporation, 9 non-citizen co-owned';
COMMENT ON COLUMN ntsb.registration.certification IS 'FAA''s airworthiness code: the class as a digit, then the approved operations';
COMMENT ON COLUMN ntsb.registration.airworthiness_class IS 'Class of the airworthiness certificate: Standard, Limited, Restricted, Experimental, Provisional, Multiple, Primary, Special flight permit, Light sport; null if unknown';
COMMENT ON COLUMN ntsb.registration.airworthiness_date IS 'Date of the airworthiness certificate';
COMMENT ON COLUMN ntsb.registration.kit_make IS 'Maker of the kit of an amateur-built aircraft';
COMMENT ON COLUMN ntsb.registration.kit_model IS 'Model of the kit';
COMMENT ON COLUMN ntsb.registration.is_fractional IS 'Whether the aircraft is in fractional ownership; null for deregistered ones';
COMMENT ON COLUMN ntsb.registration.mode_s_hex IS 'Mode S address of the transponder (24 bits, hexadecimal)';
COMMENT ON COLUMN ntsb.registration.export_country IS 'Country to which a deregistered aircraft was exported';
COMMENT ON COLUMN ntsb.registration.period IS 'Days on which the registration held: valid_from (inclusive) to valid_until (exclusive). Null if the start is unknown, or the end of one that is no longer current';
CREATE TABLE ntsb.registration_match (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    n_number text NOT NULL,
    grade text NOT NULL,
    registration_id integer,
    CONSTRAINT registration_match_found CHECK (((registration_id IS NOT NULL) = (grade = ANY (ARRAY['exact'::text, 'serial agrees'::text, 'serial differs'::text])))),
    CONSTRAINT registration_match_grade_check CHECK ((grade = ANY (ARRAY['exact'::text, 'serial agrees'::text, 'serial differs'::text, 'no period fits'::text, 'not registered'::text])))
);
COMMENT ON TABLE ntsb.registration_match IS 'The registration of each accident aircraft with a U.S. mark on the date of its event. Empty until ntsb load-registry; refreshed with the star schema';
COMMENT ON COLUMN ntsb.registration_match.ev_id IS 'NTSB''s identifier of the event';
COMMENT ON COLUMN ntsb.registration_match.aircraft_key IS 'Number of the aircraft within the event';
COMMENT ON COLUMN ntsb.registration_match.n_number IS 'The mark, standardised by ntsb_internal.standardize_us_mark';
COMMENT ON COLUMN ntsb.registration_match.grade IS 'exact: the registration held on the date of the event and the serial number agrees or is unknown; serial agrees: no period fits, but a registration of this mark has the same serial number; serial differs: the registration held on that date, but has another serial number; no period fits: the mark is known, but not on that date; not registered: the registry does not know the mark';
COMMENT ON COLUMN ntsb.registration_match.registration_id IS 'Row of ntsb.registration; null for no period fits and not registered';
CREATE VIEW ntsb.aircraft_registration AS
 SELECT a.ev_id,
    a.aircraft_key,
    e.ev_date,
    a.regis_no,
    m.n_number,
    m.grade,
    m.registration_id,
    a.acft_serial_no,
    h.serial_no AS registered_serial_no,
    r.type_code,
    t.make,
    t.model,
    t.family,
    r.year_manufactured,
    t.aircraft_type,
    g.make AS engine_make,
    g.model AS engine_model,
    COALESCE(g.engine_type, t.engine_type) AS engine_type,
    g.horsepower,
    g.thrust_lbs,
    t.engine_count,
    t.seats,
    t.weight_class,
    t.build_certification,
    r.airworthiness_class,
    r.kit_make,
    r.kit_model,
    r.is_fractional,
    r.registrant_type,
    r.mode_s_hex,
    h.origin,
    h.status,
    (h.expiration_date <= e.ev_date) AS is_expired,
    h.valid_from,
    h.valid_until
   FROM (((((((ntsb.aircraft a
     JOIN ntsb.event_key k USING (ev_id))
     JOIN ntsb.events e ON (((e.ev_id = k.ev_id) AND (e.ev_year = k.ev_year) AND (e.withdrawn_batch IS NULL))))
     LEFT JOIN ntsb.registration_match m ON (((m.ev_id = a.ev_id) AND (m.aircraft_key = a.aircraft_key))))
     LEFT JOIN ntsb.registration h ON ((h.registration_id = m.registration_id)))
     LEFT JOIN ntsb.registration r ON (((r.registration_id = m.registration_id) AND (m.grade = ANY (ARRAY['exact'::text, 'serial agrees'::text])))))
     LEFT JOIN ntsb.aircraft_type_reference t ON ((t.type_code = r.type_code)))
     LEFT JOIN ntsb.engine_type_reference g ON ((g.engine_code = r.engine_code)))
  WHERE (a.withdrawn_batch IS NULL);
COMMENT ON VIEW ntsb.aircraft_registration IS 'Each accident aircraft with its registration on the date of the event, from the FAA registry. What the registry says of the aircraft is given only for the grades exact and serial agrees';
COMMENT ON COLUMN ntsb.aircraft_registration.ev_id IS 'NTSB''s identifier of the event';
COMMENT ON COLUMN ntsb.aircraft_registration.aircraft_key IS 'Number of the aircraft within the event';
COMMENT ON COLUMN ntsb.aircraft_registration.ev_date IS 'Date of the event, as in ntsb.events';
COMMENT ON COLUMN ntsb.aircraft_registration.regis_no IS 'Registration mark that NTSB gives';
COMMENT ON COLUMN ntsb.aircraft_registration.n_number IS 'Registration mark with its N, such as N123AB';
COMMENT ON COLUMN ntsb.aircraft_registration.grade IS 'How the registration was found: exact, serial agrees, serial differs, no period fits, not registered (see ntsb.registration_match); null without a U.S. mark or before a registry is loaded';
COMMENT ON COLUMN ntsb.aircraft_registration.registration_id IS 'Row of ntsb.registration; null for no period fits and not registered';
COMMENT ON COLUMN ntsb.aircraft_registration.acft_serial_no IS 'Serial number that NTSB gives';
COMMENT ON COLUMN ntsb.aircraft_registration.registered_serial_no IS 'Serial number in the registry, also if it differs';
COMMENT ON COLUMN ntsb.aircraft_registration.type_code IS 'Make, model and series; see ntsb.aircraft_type_reference';
COMMENT ON COLUMN ntsb.aircraft_registration.make IS 'Maker as in the file. Null unless the type is type-certificated or light sport, because the maker of an amateur-built aircraft is usually a private person';
COMMENT ON COLUMN ntsb.aircraft_registration.model IS 'Model and series as in the file';
COMMENT ON COLUMN ntsb.aircraft_registration.family IS 'Family of the model, such as 172 for 172N; see ntsb_aircraft_family. Null without a make';
COMMENT ON COLUMN ntsb.aircraft_registration.year_manufactured IS 'Year of manufacture; null if unknown or before 1900';
COMMENT ON COLUMN ntsb.aircraft_registration.aircraft_type IS 'Glider, Balloon, Airship, Fixed wing single-engine, Fixed wing multi-engine, Rotorcraft, Weight-shift control, Powered parachute, Gyroplane, Hybrid lift, Other';
COMMENT ON COLUMN ntsb.aircraft_registration.engine_make IS 'Maker of the engine';
COMMENT ON COLUMN ntsb.aircraft_registration.engine_model IS 'Model of the engine';
COMMENT ON COLUMN ntsb.aircraft_registration.engine_type IS 'Kind of engine: that of the engine, or else of the aircraft type';
COMMENT ON COLUMN ntsb.aircraft_registration.horsepower IS 'Horsepower; null if unknown (0 in the file)';
COMMENT ON COLUMN ntsb.aircraft_registration.thrust_lbs IS 'Thrust in pounds; null if unknown (0 in the file)';
COMMENT ON COLUMN ntsb.aircraft_registration.engine_count IS 'Number of engines; 0 if the type has none';
COMMENT ON COLUMN ntsb.aircraft_registration.seats IS 'Number of seats; null if unknown (0 in the file)';
COMMENT ON COLUMN ntsb.aircraft_registration.weight_class IS 'Class of the maximum take-off weight in pounds: 1 up to 12,499, 2 up to 19,999, 3 from 20,000, 4 unmanned up to 55';
COMMENT ON COLUMN ntsb.aircraft_registration.build_certification IS 'Type-certificated, Not type-certificated, Light sport';
COMMENT ON COLUMN ntsb.aircraft_registration.airworthiness_class IS 'Class of the airworthiness certificate: Standard, Limited, Restricted, Experimental, Provisional, Multiple, Primary, Special flight permit, Light sport; null if unknown';
COMMENT ON COLUMN ntsb.aircraft_registration.kit_make IS 'Maker of the kit of an amateur-built aircraft';
COMMENT ON COLUMN ntsb.aircraft_registration.kit_model IS 'Model of the kit';
COMMENT ON COLUMN ntsb.aircraft_registration.is_fractional IS 'Whether the aircraft is in fractional ownership; null for deregistered ones';
COMMENT ON COLUMN ntsb.aircraft_registration.registrant_type IS 'Kind of registrant: 1 individual, 2 partnership, 3 corporation, 4 co-owned, 5 government, 7 LLC, 8 non-citizen corporation, 9 non-citizen co-owned';
COMMENT ON COLUMN ntsb.aircraft_registration.mode_s_hex IS 'Mode S address of the transponder (24 bits, hexadecimal)';
COMMENT ON COLUMN ntsb.aircraft_registration.origin IS 'master: in the current MASTER.txt; deregistered: from DEREG.txt; former: only in an earlier MASTER.txt';
COMMENT ON COLUMN ntsb.aircraft_registration.status IS 'FAA''s status code: V, T and others valid; 13, 16, 27 and 29 expired';
COMMENT ON COLUMN ntsb.aircraft_registration.is_expired IS 'Whether the registration had expired (without being cancelled) by the date of the event';
COMMENT ON COLUMN ntsb.aircraft_registration.valid_from IS 'Date of the certificate of registration, which is renewed when the owner changes; null if the file gives none';
COMMENT ON COLUMN ntsb.aircraft_registration.valid_until IS 'Date of cancellation (exclusive); of a former registration, the start of the next one or the edition that held it last. Null if it was not cancelled or the date is unknown';
CREATE TABLE ntsb.dim_aircraft (
    aircraft_id integer NOT NULL,
    natural_key text NOT NULL,
    regis_no text,
    acft_make text,
    acft_model text,
    acft_serial_no text,
    acft_category text,
    homebuilt text,
    gear text,
    num_eng smallint,
    eng_type text,
    total_seats integer,
    cert_max_gr_wt integer,
    registry_family text,
    registry_weight_class smallint,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    is_current boolean GENERATED ALWAYS AS ((valid_to = '9999-12-31'::date)) STORED NOT NULL,
    next_from date GENERATED ALWAYS AS (NULLIF(valid_to, '9999-12-31'::date)) STORED,
    CONSTRAINT dim_aircraft_span CHECK ((valid_from < valid_to))
);
COMMENT ON TABLE ntsb.dim_aircraft IS 'Aircraft over time: one version per configuration of a registration; without a registration, one per configuration';
COMMENT ON COLUMN ntsb.dim_aircraft.aircraft_id IS 'Surrogate key of the version; 0 is the unknown aircraft. Not NTSB''s aircraft_key, which numbers the aircraft of an event';
COMMENT ON COLUMN ntsb.dim_aircraft.natural_key IS 'Registration and valid_from; the configuration if there is no registration';
COMMENT ON COLUMN ntsb.dim_aircraft.regis_no IS 'Registration mark; null if unknown';
COMMENT ON COLUMN ntsb.dim_aircraft.acft_make IS 'Maker, standardised by ntsb_standard_make';
COMMENT ON COLUMN ntsb.dim_aircraft.acft_model IS 'Model, standardised by ntsb_standard_model';
COMMENT ON COLUMN ntsb.dim_aircraft.acft_serial_no IS 'Serial number, only letters and digits, upper case';
COMMENT ON COLUMN ntsb.dim_aircraft.acft_category IS 'Category: AIR, HELI, GLI, …';
COMMENT ON COLUMN ntsb.dim_aircraft.homebuilt IS 'Amateur-built: Y, N';
COMMENT ON COLUMN ntsb.dim_aircraft.gear IS 'Landing gear: FIXD fixed, RETR retractable';
COMMENT ON COLUMN ntsb.dim_aircraft.num_eng IS 'Number of engines';
COMMENT ON COLUMN ntsb.dim_aircraft.eng_type IS 'Type of the first engine: REC, TP, TF, …';
COMMENT ON COLUMN ntsb.dim_aircraft.total_seats IS 'Number of seats';
COMMENT ON COLUMN ntsb.dim_aircraft.cert_max_gr_wt IS 'Certified maximum gross weight in pounds';
COMMENT ON COLUMN ntsb.dim_aircraft.registry_family IS 'Family of the type in the FAA registry; null if no registration matches (see ntsb.aircraft_registration)';
COMMENT ON COLUMN ntsb.dim_aircraft.registry_weight_class IS 'Weight class of that type: 1 up to 12,499 lb, 2 up to 19,999, 3 from 20,000, 4 unmanned up to 55';
COMMENT ON COLUMN ntsb.dim_aircraft.valid_from IS 'Date of the event that first shows the configuration; 1900-01-01 without a registration';
COMMENT ON COLUMN ntsb.dim_aircraft.valid_to IS 'valid_from of the next version (exclusive); 9999-12-31 for the current one';
COMMENT ON COLUMN ntsb.dim_aircraft.is_current IS 'Latest known version of the registration';
COMMENT ON COLUMN ntsb.dim_aircraft.next_from IS 'valid_from of the next version, which must exist; null for the current one';
CREATE MATERIALIZED VIEW ntsb.mv_aircraft_stats AS
 SELECT concat_ws('|'::text, COALESCE(d.acft_make, '-'::text), COALESCE(d.acft_model, '-'::text)) AS row_key,
    d.acft_make,
    d.acft_model,
    count(*) AS events,
    count(*) FILTER (WHERE (f.severity = 'FATL'::text)) AS fatal_events,
    NULLIF(sum(f.fatalities), 0) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count,
    min(f.ev_year) AS first_year,
    max(f.ev_year) AS last_year
   FROM (( SELECT DISTINCT b.accident_id,
            a.acft_make,
            a.acft_model
           FROM (ntsb.bridge_event_aircraft b
             JOIN ntsb.dim_aircraft a USING (aircraft_id))) d
     JOIN ntsb.fact_accidents f USING (accident_id))
  GROUP BY d.acft_make, d.acft_model
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_aircraft_stats IS 'Events per make and model, standardised spelling; an event with two models counts for each, so the sum exceeds the number of events';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.row_key IS 'The grouping columns as one text: a unique key without nulls';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.acft_make IS 'Maker, standardised spelling';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.acft_model IS 'Model, standardised spelling';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.first_year IS 'First year with an event';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.last_year IS 'Last year with an event';
CREATE VIEW ntsb.aircraft_stats AS
 SELECT mv_aircraft_stats.row_key,
    mv_aircraft_stats.acft_make,
    mv_aircraft_stats.acft_model,
    mv_aircraft_stats.events,
    mv_aircraft_stats.fatal_events,
    mv_aircraft_stats.fatalities,
    mv_aircraft_stats.fatal_events_without_count,
    mv_aircraft_stats.first_year,
    mv_aircraft_stats.last_year
   FROM ntsb.mv_aircraft_stats;
COMMENT ON VIEW ntsb.aircraft_stats IS 'Events per make and model, standardised spelling; an event with two models counts for each, so the sum exceeds the number of events';
COMMENT ON COLUMN ntsb.aircraft_stats.row_key IS 'The grouping columns as one text: a unique key without nulls';
COMMENT ON COLUMN ntsb.aircraft_stats.acft_make IS 'Maker, standardised spelling';
COMMENT ON COLUMN ntsb.aircraft_stats.acft_model IS 'Model, standardised spelling';
COMMENT ON COLUMN ntsb.aircraft_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.aircraft_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.aircraft_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.aircraft_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.aircraft_stats.first_year IS 'First year with an event';
COMMENT ON COLUMN ntsb.aircraft_stats.last_year IS 'Last year with an event';
CREATE VIEW ntsb.airport_identifier AS
 SELECT a.local_id AS identifier,
    1 AS choice,
    a.country,
    a.airport_id
   FROM ntsb.airport a
  WHERE (a.local_id IS NOT NULL)
UNION ALL
 SELECT a.icao AS identifier,
    2 AS choice,
    a.country,
    a.airport_id
   FROM ntsb.airport a
  WHERE (a.icao IS NOT NULL)
UNION ALL
 SELECT substr(a.icao, 2) AS identifier,
    3 AS choice,
    a.country,
    a.airport_id
   FROM ntsb.airport a
  WHERE (a.icao ~~ 'K%'::text)
UNION ALL
 SELECT a.airport_id AS identifier,
    4 AS choice,
    a.country,
    a.airport_id
   FROM ntsb.airport a
UNION ALL
 SELECT ('K'::text || a.local_id) AS identifier,
    5 AS choice,
    a.country,
    a.airport_id
   FROM ntsb.airport a
  WHERE (length(a.local_id) = 3);
COMMENT ON VIEW ntsb.airport_identifier IS 'Identifiers of airports as NTSB may write them: local identifier, ICAO code, both with and without ICAO''s leading K, and the identifier in the list. A local identifier is valid only within its country';
COMMENT ON COLUMN ntsb.airport_identifier.identifier IS 'Identifier, upper case';
COMMENT ON COLUMN ntsb.airport_identifier.choice IS 'Preference within a country: 1 local identifier, 2 ICAO code, 3 ICAO code without K, 4 identifier in the list, 5 local identifier with K';
COMMENT ON COLUMN ntsb.airport_identifier.country IS 'ISO 3166 country code of the airport';
COMMENT ON COLUMN ntsb.airport_identifier.airport_id IS 'Airport in ntsb.airport';
CREATE TABLE ntsb.alert (
    alert_id bigint NOT NULL,
    raised_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL,
    subject text NOT NULL,
    message text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    CONSTRAINT alert_acknowledged CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL))),
    CONSTRAINT alert_kind_check CHECK ((kind <> ''::text)),
    CONSTRAINT alert_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])))
);
COMMENT ON TABLE ntsb.alert IS 'Alerts; ntsb_raise_alert adds a row and notifies channel ntsb_alert, ntsb_acknowledge_alert closes it';
COMMENT ON COLUMN ntsb.alert.alert_id IS 'Number of the alert';
COMMENT ON COLUMN ntsb.alert.raised_at IS 'When the alert was raised';
COMMENT ON COLUMN ntsb.alert.kind IS 'Kind of alert, such as drift, data_quality or withdrawal';
COMMENT ON COLUMN ntsb.alert.severity IS 'info, warning or critical';
COMMENT ON COLUMN ntsb.alert.subject IS 'Object that the alert concerns, such as a model or a file';
COMMENT ON COLUMN ntsb.alert.message IS 'Message text for people';
COMMENT ON COLUMN ntsb.alert.details IS 'Details for programs';
COMMENT ON COLUMN ntsb.alert.acknowledged_at IS 'When the alert was acknowledged; null while it is open';
COMMENT ON COLUMN ntsb.alert.acknowledged_by IS 'Role that acknowledged it';
ALTER TABLE ntsb.alert ALTER COLUMN alert_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.alert_alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.alert_delivery (
    alert_id bigint NOT NULL,
    target text NOT NULL,
    delivered_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
COMMENT ON TABLE ntsb.alert_delivery IS 'Alerts that `ntsb notify` has delivered';
COMMENT ON COLUMN ntsb.alert_delivery.alert_id IS 'Alert in ntsb.alert';
COMMENT ON COLUMN ntsb.alert_delivery.target IS 'Recipient without secrets: an e-mail address, or the host of a webhook with a fingerprint of its URL';
COMMENT ON COLUMN ntsb.alert_delivery.delivered_at IS 'When the recipient''s server accepted it';
CREATE TABLE ntsb.api_key (
    key_id bigint NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    prefix text NOT NULL,
    role text NOT NULL,
    tier text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT SESSION_USER NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_key_name_check CHECK ((name <> ''::text)),
    CONSTRAINT api_key_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'api_user'::text, 'analyst'::text, 'admin'::text]))),
    CONSTRAINT api_key_tier_check CHECK ((tier = ANY (ARRAY['free'::text, 'premium'::text])))
);
COMMENT ON TABLE ntsb.api_key IS 'API keys of the REST service, stored as hashes; see ntsb_create_api_key';
COMMENT ON COLUMN ntsb.api_key.key_id IS 'Number of the key; included in tokens issued for it';
COMMENT ON COLUMN ntsb.api_key.name IS 'Owner or purpose of the key';
COMMENT ON COLUMN ntsb.api_key.key_hash IS 'SHA-256 of the key';
COMMENT ON COLUMN ntsb.api_key.prefix IS 'First characters of the key, for recognition';
COMMENT ON COLUMN ntsb.api_key.role IS 'Role of the key: viewer, api_user, analyst or admin; each includes the ones before';
COMMENT ON COLUMN ntsb.api_key.tier IS 'Rate limit tier: free or premium';
COMMENT ON COLUMN ntsb.api_key.created_at IS 'When the key was created';
COMMENT ON COLUMN ntsb.api_key.created_by IS 'Role that created the key';
COMMENT ON COLUMN ntsb.api_key.expires_at IS 'When the key expires; null: never';
COMMENT ON COLUMN ntsb.api_key.revoked_at IS 'When the key was revoked; null: not revoked';
ALTER TABLE ntsb.api_key ALTER COLUMN key_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.api_key_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.archive (
    archive_id bigint NOT NULL,
    decade integer NOT NULL,
    path text,
    events bigint NOT NULL,
    tables jsonb,
    archived_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    archived_by text DEFAULT SESSION_USER NOT NULL,
    attached_at timestamp with time zone,
    attached_by text
);
COMMENT ON TABLE ntsb.archive IS 'Archives of decades: CALL ntsb_archive_decade(decade) creates one, CALL ntsb_attach_archive(decade) restores its rows';
COMMENT ON COLUMN ntsb.archive.archive_id IS 'Number of the archive; never reused';
COMMENT ON COLUMN ntsb.archive.decade IS 'First year of the decade';
COMMENT ON COLUMN ntsb.archive.path IS 'Folder on the server with the files';
COMMENT ON COLUMN ntsb.archive.events IS 'Number of events';
COMMENT ON COLUMN ntsb.archive.tables IS 'Each table with its rows, the bytes of its files and the SHA-256 of its manifest.json, which has the digests of the files and of their rows';
COMMENT ON COLUMN ntsb.archive.archived_at IS 'When the archive was created';
COMMENT ON COLUMN ntsb.archive.archived_by IS 'Role that created it';
COMMENT ON COLUMN ntsb.archive.attached_at IS 'When its rows were restored; null while they are only in files';
COMMENT ON COLUMN ntsb.archive.attached_by IS 'Role that restored them';
ALTER TABLE ntsb.archive ALTER COLUMN archive_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.archive_archive_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.archived_event (
    ev_id text NOT NULL,
    archive_id bigint NOT NULL,
    ntsb_no text
);
COMMENT ON TABLE ntsb.archived_event IS 'Events whose rows are in an archive and not in the tables; loads skip them';
COMMENT ON COLUMN ntsb.archived_event.archive_id IS 'Archive of the event; see ntsb.archive';
COMMENT ON COLUMN ntsb.archived_event.ntsb_no IS 'NTSB number, which identifies the event in JSON cases';
CREATE TABLE ntsb.backup (
    backup_id bigint NOT NULL,
    stanza text NOT NULL,
    repository integer NOT NULL,
    label text,
    type text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    size_bytes bigint,
    stored_bytes bigint,
    wal_start text,
    wal_stop text,
    error text,
    verified_at timestamp with time zone,
    verification_error text,
    expired_at timestamp with time zone,
    CONSTRAINT backup_failed_without_label CHECK (((label IS NOT NULL) OR (error IS NOT NULL))),
    CONSTRAINT backup_period CHECK ((finished_at >= started_at)),
    CONSTRAINT backup_repository_check CHECK (((repository >= 1) AND (repository <= 256))),
    CONSTRAINT backup_size_bytes_check CHECK ((size_bytes >= 0)),
    CONSTRAINT backup_stanza_check CHECK ((stanza <> ''::text)),
    CONSTRAINT backup_stored_bytes_check CHECK ((stored_bytes >= 0)),
    CONSTRAINT backup_type_check CHECK ((type = ANY (ARRAY['full'::text, 'differential'::text, 'incremental'::text])))
);
COMMENT ON TABLE ntsb.backup IS 'Backups of this cluster as pgBackRest lists them, and runs that failed; ntsb_record_backups and ntsb_record_backup_failure write it';
COMMENT ON COLUMN ntsb.backup.backup_id IS 'Number of the record';
COMMENT ON COLUMN ntsb.backup.stanza IS 'Name of the cluster in pgBackRest''s configuration';
COMMENT ON COLUMN ntsb.backup.repository IS 'Number of the repository in pgBackRest''s configuration (repo1, repo2, …)';
COMMENT ON COLUMN ntsb.backup.label IS 'pgBackRest''s name of the backup, such as 20240914-021500F; null for a run that failed';
COMMENT ON COLUMN ntsb.backup.type IS 'full: every file; differential: what changed since the last full backup; incremental: what changed since the last backup of any type';
COMMENT ON COLUMN ntsb.backup.started_at IS 'When the backup started';
COMMENT ON COLUMN ntsb.backup.finished_at IS 'When the backup finished or failed';
COMMENT ON COLUMN ntsb.backup.size_bytes IS 'Size of the cluster that it restores, in bytes, uncompressed; null if unknown';
COMMENT ON COLUMN ntsb.backup.stored_bytes IS 'Size of its own files in the repository, in bytes, compressed; null if unknown';
COMMENT ON COLUMN ntsb.backup.wal_start IS 'First WAL segment that it needs; null if none';
COMMENT ON COLUMN ntsb.backup.wal_stop IS 'Last WAL segment that it needs to be consistent; null if none';
COMMENT ON COLUMN ntsb.backup.error IS 'Why the run failed, or that PostgreSQL''s page checksums did not match; null for a good backup';
COMMENT ON COLUMN ntsb.backup.verified_at IS 'When its files and WAL segments in the repository were last verified, with any result; null if never';
COMMENT ON COLUMN ntsb.backup.verification_error IS 'What the last verification found; null if everything matched';
COMMENT ON COLUMN ntsb.backup.expired_at IS 'When it was first missing in a readable repository; null while it is there';
ALTER TABLE ntsb.backup ALTER COLUMN backup_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.backup_backup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.batch (
    batch_id bigint NOT NULL,
    source text NOT NULL,
    mode text NOT NULL,
    digest text,
    as_of timestamp(0) without time zone,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    loaded_by text DEFAULT SESSION_USER NOT NULL,
    last_seq bigint,
    chain_head bytea,
    rules_digest bytea,
    repeats bigint,
    waived_rules text[] DEFAULT '{}'::text[] NOT NULL,
    allow_withdraw bigint,
    period daterange,
    legacy boolean,
    CONSTRAINT batch_allow_withdraw_check CHECK ((allow_withdraw >= 0)),
    CONSTRAINT batch_mode_check CHECK ((mode = ANY (ARRAY['full'::text, 'increment'::text])))
);
COMMENT ON TABLE ntsb.batch IS 'Batches, one row per loaded file: what was loaded, when and by whom, and how recent it is. A failed load is rolled back and leaves no row';
COMMENT ON COLUMN ntsb.batch.batch_id IS 'Number of the batch';
COMMENT ON COLUMN ntsb.batch.source IS 'Name of the file or folder';
COMMENT ON COLUMN ntsb.batch.mode IS 'full: the file holds all events of its period, and stored events that it lacks are withdrawn; increment: it holds some events, each complete';
COMMENT ON COLUMN ntsb.batch.digest IS 'SHA-256 of the file, hexadecimal; null if not given';
COMMENT ON COLUMN ntsb.batch.as_of IS 'Newest lchg_date among the events of the file';
COMMENT ON COLUMN ntsb.batch.started_at IS 'Start of the load';
COMMENT ON COLUMN ntsb.batch.finished_at IS 'When the rows were stored';
COMMENT ON COLUMN ntsb.batch.loaded_by IS 'Role that loaded the file';
COMMENT ON COLUMN ntsb.batch.last_seq IS 'seq of the last entry of ntsb.change_log when the batch finished';
COMMENT ON COLUMN ntsb.batch.chain_head IS 'entry_hash of that entry';
COMMENT ON COLUMN ntsb.batch.rules_digest IS 'SHA-256 over the rules, the codes and the version that validated the rows; see ntsb_rules_digest()';
COMMENT ON COLUMN ntsb.batch.repeats IS 'Earlier batch of the same unchanged file: nothing had changed since, so no row was read again';
COMMENT ON COLUMN ntsb.batch.waived_rules IS 'Rules of ntsb.validation_rule that were not applied because a quarantined row was released with them waived';
COMMENT ON COLUMN ntsb.batch.allow_withdraw IS 'Maximum number of events that the batch may withdraw or remove rows from; null: the default, 1 % of its period or 19';
COMMENT ON COLUMN ntsb.batch.period IS 'Of a full file: from the first to the last event of its complete years; null for none, or for an increment';
COMMENT ON COLUMN ntsb.batch.legacy IS 'Whether the period belongs to the events of 1962 to 1981, which have their own ev_ids';
ALTER TABLE ntsb.batch ALTER COLUMN batch_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.batch_batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.batch_defects (
    batch_id bigint NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    rule_id text NOT NULL,
    subject text NOT NULL,
    value text,
    reason text NOT NULL
);
COMMENT ON TABLE ntsb.batch_defects IS 'Violations of gate 3 that concern a batch as a whole, such as a month with far too many events';
COMMENT ON COLUMN ntsb.batch_defects.rule_id IS 'Violated rule; see ntsb.validation_rule';
COMMENT ON COLUMN ntsb.batch_defects.subject IS 'What the violation concerns, such as the month 2025-03';
COMMENT ON COLUMN ntsb.batch_defects.value IS 'Measured value';
CREATE TABLE ntsb.batch_table (
    batch_id bigint NOT NULL,
    "position" smallint NOT NULL,
    table_name text NOT NULL,
    staged bigint NOT NULL,
    inserted bigint NOT NULL,
    updated bigint NOT NULL,
    unchanged bigint NOT NULL,
    stale bigint NOT NULL,
    withdrawn bigint NOT NULL,
    duplicates bigint NOT NULL,
    rejected bigint NOT NULL,
    CONSTRAINT counts_add_up CHECK ((staged = (((((inserted + updated) + unchanged) + stale) + duplicates) + rejected)))
);
COMMENT ON TABLE ntsb.batch_table IS 'Row counts of a batch per table: staged = inserted + updated + unchanged + stale + duplicates + rejected; withdrawn counts stored rows that the file lacks';
COMMENT ON COLUMN ntsb.batch_table."position" IS 'Order in which the tables were stored';
COMMENT ON COLUMN ntsb.batch_table.staged IS 'Rows in the file';
COMMENT ON COLUMN ntsb.batch_table.inserted IS 'New rows';
COMMENT ON COLUMN ntsb.batch_table.updated IS 'Rows that replaced a stored row';
COMMENT ON COLUMN ntsb.batch_table.unchanged IS 'Rows equal to the stored row';
COMMENT ON COLUMN ntsb.batch_table.stale IS 'Rows older than the stored row; ignored';
COMMENT ON COLUMN ntsb.batch_table.withdrawn IS 'Stored rows that the file lacks';
COMMENT ON COLUMN ntsb.batch_table.duplicates IS 'Repeated rows in the file, not counting the first of each';
COMMENT ON COLUMN ntsb.batch_table.rejected IS 'Rows rejected by a rule; see ntsb.staging_quarantine';
CREATE TABLE ntsb.bridge_event_cause (
    accident_id integer NOT NULL,
    "position" smallint NOT NULL,
    cause_id integer NOT NULL,
    aircraft_key integer NOT NULL,
    item_no integer NOT NULL,
    is_defining boolean NOT NULL,
    phase_code text,
    modifier_code text,
    person_code text
);
COMMENT ON TABLE ntsb.bridge_event_cause IS 'All occurrences and findings of each event';
COMMENT ON COLUMN ntsb.bridge_event_cause.accident_id IS 'Event in ntsb.fact_accidents';
COMMENT ON COLUMN ntsb.bridge_event_cause."position" IS 'Order within the event: occurrences first, by aircraft and number';
COMMENT ON COLUMN ntsb.bridge_event_cause.cause_id IS 'Occurrence or finding in ntsb.dim_causes';
COMMENT ON COLUMN ntsb.bridge_event_cause.aircraft_key IS 'NTSB''s number of the aircraft within the event';
COMMENT ON COLUMN ntsb.bridge_event_cause.item_no IS 'Number of the occurrence or finding in NTSB''s table';
COMMENT ON COLUMN ntsb.bridge_event_cause.is_defining IS 'Whether it is the defining occurrence: the one flagged by NTSB, or else the first';
COMMENT ON COLUMN ntsb.bridge_event_cause.phase_code IS 'Phase of flight of an occurrence, in the codes of its era';
COMMENT ON COLUMN ntsb.bridge_event_cause.modifier_code IS 'Modifier of a finding: last two digits of the code since 2008, modifier_code before';
COMMENT ON COLUMN ntsb.bridge_event_cause.person_code IS 'Person that a finding before 2008 concerns';
CREATE TABLE ntsb.bridge_event_crew (
    accident_id integer NOT NULL,
    aircraft_key integer NOT NULL,
    crew_no smallint NOT NULL,
    crew_id integer NOT NULL,
    is_pilot_in_command boolean NOT NULL
);
COMMENT ON TABLE ntsb.bridge_event_crew IS 'All crew members of each event';
COMMENT ON COLUMN ntsb.bridge_event_crew.accident_id IS 'Event in ntsb.fact_accidents';
COMMENT ON COLUMN ntsb.bridge_event_crew.aircraft_key IS 'NTSB''s number of the aircraft within the event';
COMMENT ON COLUMN ntsb.bridge_event_crew.crew_no IS 'NTSB''s number of the crew member within the aircraft';
COMMENT ON COLUMN ntsb.bridge_event_crew.crew_id IS 'Crew member in ntsb.dim_crew, current version';
COMMENT ON COLUMN ntsb.bridge_event_crew.is_pilot_in_command IS 'Whether taken as pilot in command of the aircraft: the first crew member of category PLT, or else FLTI, KPLT, DSTU, CPLT';
CREATE TABLE ntsb.case_record (
    ev_id text NOT NULL,
    mkey integer,
    case_closed boolean,
    completion_status text,
    case_type text,
    investigation_class text,
    launch_type text,
    board_launch boolean,
    region text,
    parties text,
    report_type text,
    report_flavor text,
    publish_profile text,
    report_number text,
    report_date date,
    board_meeting_date date,
    original_published date,
    factual_published date,
    last_revision date,
    docket_opened date,
    docket_page text,
    report_page text,
    investigation_page text,
    has_safety_recommendation boolean,
    is_study boolean,
    utc_offset_hours real,
    hazmat_involved boolean,
    property_damage text,
    environmental_damage text,
    wx_remarks text,
    lchg_date timestamp(0) without time zone,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.case_record IS 'State of the investigation and its publications, one row per event; only NTSB''s API fills it';
COMMENT ON COLUMN ntsb.case_record.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.case_record.mkey IS 'NTSB''s key of the case, the ProjectID of its docket';
COMMENT ON COLUMN ntsb.case_record.case_closed IS 'Whether the investigation is closed';
COMMENT ON COLUMN ntsb.case_record.completion_status IS 'State of the report, as written: Completed, In work';
COMMENT ON COLUMN ntsb.case_record.case_type IS 'Type of the investigation, as written: Data Collection';
COMMENT ON COLUMN ntsb.case_record.investigation_class IS 'Class of the investigation, as written';
COMMENT ON COLUMN ntsb.case_record.launch_type IS 'How NTSB travelled to the site, as written';
COMMENT ON COLUMN ntsb.case_record.board_launch IS 'Whether a member of the Board travelled to the site';
COMMENT ON COLUMN ntsb.case_record.region IS 'Regional office';
COMMENT ON COLUMN ntsb.case_record.parties IS 'Parties to the investigation, one per line';
COMMENT ON COLUMN ntsb.case_record.report_type IS 'Type of the report, as written: Approved by Office Director';
COMMENT ON COLUMN ntsb.case_record.report_flavor IS 'Form of the final report, as written: Basic (no factual)';
COMMENT ON COLUMN ntsb.case_record.publish_profile IS 'Stage of publication, as written: DirectorApprovedBriefFinal';
COMMENT ON COLUMN ntsb.case_record.report_number IS 'Number of the report (AAR-14-01)';
COMMENT ON COLUMN ntsb.case_record.report_date IS 'Day of the report';
COMMENT ON COLUMN ntsb.case_record.board_meeting_date IS 'Day of the Board meeting';
COMMENT ON COLUMN ntsb.case_record.original_published IS 'Day of the first publication of the report';
COMMENT ON COLUMN ntsb.case_record.factual_published IS 'Day of the publication of the factual report';
COMMENT ON COLUMN ntsb.case_record.last_revision IS 'Day of the last revision of the report';
COMMENT ON COLUMN ntsb.case_record.docket_opened IS 'Day on which the docket was opened to the public';
COMMENT ON COLUMN ntsb.case_record.docket_page IS 'Address of the docket, where the record states it';
COMMENT ON COLUMN ntsb.case_record.report_page IS 'Address of the report, where the record states it';
COMMENT ON COLUMN ntsb.case_record.investigation_page IS 'Address of the page about the investigation, where the record states it';
COMMENT ON COLUMN ntsb.case_record.has_safety_recommendation IS 'Whether the case led to safety recommendations';
COMMENT ON COLUMN ntsb.case_record.is_study IS 'Whether the case is part of a safety study';
COMMENT ON COLUMN ntsb.case_record.utc_offset_hours IS 'Offset that the record states, hours: UTC time + offset = NTSB''s local time; not always that of the place';
COMMENT ON COLUMN ntsb.case_record.hazmat_involved IS 'Whether hazardous material was involved';
COMMENT ON COLUMN ntsb.case_record.property_damage IS 'Damage to property, as written';
COMMENT ON COLUMN ntsb.case_record.environmental_damage IS 'Damage to the environment, as written';
COMMENT ON COLUMN ntsb.case_record.wx_remarks IS 'Remarks on the weather';
COMMENT ON COLUMN ntsb.case_record.lchg_date IS 'When NTSB last published or revised the case, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.case_record.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.case_record.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.case_record.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.case_record.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.case_record.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE MATERIALIZED VIEW ntsb.mv_cause_stats AS
 SELECT d.era,
    d.kind,
    d.code,
    d.description,
    d.category,
    d.in_probable_cause,
    count(*) AS events,
    count(*) FILTER (WHERE (f.severity = 'FATL'::text)) AS fatal_events,
    sum(f.fatalities) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count
   FROM (( SELECT DISTINCT b.accident_id,
            c.era,
            c.kind,
            c.code,
            c.description,
            c.category,
            c.in_probable_cause
           FROM (ntsb.bridge_event_cause b
             JOIN ntsb.dim_causes c USING (cause_id))) d
     JOIN ntsb.fact_accidents f USING (accident_id))
  GROUP BY d.era, d.kind, d.code, d.description, d.category, d.in_probable_cause
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_cause_stats IS 'Events per occurrence and finding, in the codes of their era; an event has several of them';
COMMENT ON COLUMN ntsb.mv_cause_stats.era IS 'Coding era, by its first year: 2008, 1982, 1962';
COMMENT ON COLUMN ntsb.mv_cause_stats.kind IS 'occurrence or finding';
COMMENT ON COLUMN ntsb.mv_cause_stats.code IS 'Code within its era';
COMMENT ON COLUMN ntsb.mv_cause_stats.description IS 'Meaning of the code';
COMMENT ON COLUMN ntsb.mv_cause_stats.category IS 'Category of a finding';
COMMENT ON COLUMN ntsb.mv_cause_stats.in_probable_cause IS 'Whether NTSB includes it in the probable cause';
COMMENT ON COLUMN ntsb.mv_cause_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE VIEW ntsb.cause_stats AS
 SELECT mv_cause_stats.era,
    mv_cause_stats.kind,
    mv_cause_stats.code,
    mv_cause_stats.description,
    mv_cause_stats.category,
    mv_cause_stats.in_probable_cause,
    mv_cause_stats.events,
    mv_cause_stats.fatal_events,
    mv_cause_stats.fatalities,
    mv_cause_stats.fatal_events_without_count
   FROM ntsb.mv_cause_stats;
COMMENT ON VIEW ntsb.cause_stats IS 'Events per occurrence and finding, in the codes of their era; an event has several of them';
COMMENT ON COLUMN ntsb.cause_stats.era IS 'Coding era, by its first year: 2008, 1982, 1962';
COMMENT ON COLUMN ntsb.cause_stats.kind IS 'occurrence or finding';
COMMENT ON COLUMN ntsb.cause_stats.code IS 'Code within its era';
COMMENT ON COLUMN ntsb.cause_stats.description IS 'Meaning of the code';
COMMENT ON COLUMN ntsb.cause_stats.category IS 'Category of a finding';
COMMENT ON COLUMN ntsb.cause_stats.in_probable_cause IS 'Whether NTSB includes it in the probable cause';
COMMENT ON COLUMN ntsb.cause_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.cause_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.cause_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.cause_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE TABLE ntsb.change_log (
    seq bigint NOT NULL,
    batch_id bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    table_name text NOT NULL,
    row_key text NOT NULL,
    ev_id text,
    action text NOT NULL,
    old_hash bytea,
    new_hash bytea,
    changes jsonb,
    entry_hash bytea NOT NULL,
    CONSTRAINT change_log_action_check CHECK ((action = ANY (ARRAY['insert'::text, 'update'::text, 'withdraw'::text, 'return'::text])))
);
COMMENT ON TABLE ntsb.change_log IS 'Every insert, update, withdrawal and return of a row, in order; append-only, each entry chained to the previous one by hash';
COMMENT ON COLUMN ntsb.change_log.seq IS 'Number of the entry, from 1, without gaps';
COMMENT ON COLUMN ntsb.change_log.batch_id IS 'Batch that made the change; see ntsb.batch';
COMMENT ON COLUMN ntsb.change_log.changed_at IS 'Start of the transaction that made the change';
COMMENT ON COLUMN ntsb.change_log.row_key IS 'Primary key of the row, its columns joined by /';
COMMENT ON COLUMN ntsb.change_log.ev_id IS 'Event that the row belongs to; null for code lists';
COMMENT ON COLUMN ntsb.change_log.action IS 'insert: new row; update: content changed; withdraw: missing from a newer file; return: withdrawn before, and in a file again';
COMMENT ON COLUMN ntsb.change_log.old_hash IS 'content_hash before; null for an insert';
COMMENT ON COLUMN ntsb.change_log.new_hash IS 'content_hash after; null for a withdrawal';
COMMENT ON COLUMN ntsb.change_log.changes IS 'Changed columns with their values: {"ev_city": {"old": "A", "new": "B"}}; null for actions other than update';
COMMENT ON COLUMN ntsb.change_log.entry_hash IS 'SHA-256 over the entry_hash of the previous entry and this entry';
CREATE TABLE ntsb.cluster_member (
    run_id bigint NOT NULL,
    ev_id text NOT NULL,
    cluster_id integer,
    is_core boolean NOT NULL
);
COMMENT ON TABLE ntsb.cluster_member IS 'Cluster of each event in a run';
COMMENT ON COLUMN ntsb.cluster_member.run_id IS 'Run in ntsb.cluster_run';
COMMENT ON COLUMN ntsb.cluster_member.cluster_id IS 'Number of the cluster within the run, from 0 in the order of the first core events by ev_id; null for noise. A refresh may renumber clusters';
COMMENT ON COLUMN ntsb.cluster_member.is_core IS 'Whether the event is a core event';
CREATE TABLE ntsb.cluster_run (
    run_id bigint NOT NULL,
    eps_km double precision NOT NULL,
    min_points integer NOT NULL,
    filter text DEFAULT ''::text NOT NULL,
    last_seq bigint NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    took interval NOT NULL,
    points integer NOT NULL,
    clusters integer NOT NULL,
    noise integer NOT NULL
);
COMMENT ON TABLE ntsb.cluster_run IS 'Stored cluster runs (DBSCAN on the sphere); CALL ntsb_refresh_clusters() refreshes them';
COMMENT ON COLUMN ntsb.cluster_run.run_id IS 'Number of the run; a refresh keeps it';
COMMENT ON COLUMN ntsb.cluster_run.eps_km IS 'Neighbourhood radius in kilometres on the sphere';
COMMENT ON COLUMN ntsb.cluster_run.min_points IS 'Number of events within eps_km, including the event itself, that make it a core event';
COMMENT ON COLUMN ntsb.cluster_run.filter IS 'Filter expression, as for ntsb_search_advanced; empty for all events';
COMMENT ON COLUMN ntsb.cluster_run.last_seq IS 'Last entry of ntsb.change_log that the run includes';
COMMENT ON COLUMN ntsb.cluster_run.refreshed_at IS 'Start of the last refresh';
COMMENT ON COLUMN ntsb.cluster_run.took IS 'Duration of the last refresh';
COMMENT ON COLUMN ntsb.cluster_run.points IS 'Number of events with coordinates';
COMMENT ON COLUMN ntsb.cluster_run.clusters IS 'Number of clusters';
COMMENT ON COLUMN ntsb.cluster_run.noise IS 'Number of events that belong to no cluster';
ALTER TABLE ntsb.cluster_run ALTER COLUMN run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.cluster_run_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.country (
    country_code text NOT NULL,
    country_name text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.country IS 'Countries by the code that *_country columns use';
COMMENT ON COLUMN ntsb.country.country_code IS 'USA, or two letters as in FIPS 10-4 (not ISO 3166)';
COMMENT ON COLUMN ntsb.country.country_name IS 'Name of the country';
COMMENT ON COLUMN ntsb.country.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.country.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.country.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.country.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.country.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.country_iso (
    country_code text NOT NULL,
    iso_code text NOT NULL,
    CONSTRAINT country_iso_iso_code_check CHECK ((iso_code ~ '^[A-Z]{2}$'::text))
);
COMMENT ON TABLE ntsb.country_iso IS 'ISO 3166 codes of NTSB''s country codes, shipped with the extension; a code without a sure equivalent is missing';
COMMENT ON COLUMN ntsb.country_iso.country_code IS 'NTSB''s country code, as in ntsb.country and ev_country';
COMMENT ON COLUMN ntsb.country_iso.iso_code IS 'ISO 3166 country code, as in ntsb.airport';
CREATE VIEW ntsb.crew_enriched AS
 SELECT c.ev_id,
    c.aircraft_key,
    c.crew_no,
    c.crew_category,
    COALESCE(( SELECT m.meaning
           FROM ntsb.code_meaning m
          WHERE ((m.kind = 'crew_category'::text) AND (m.code = c.crew_category))), c.crew_category) AS category,
    c.crew_age,
    t.total_hours,
    t.make_hours,
    t.last_90_days,
    round(((t.make_hours / NULLIF(t.total_hours, (0)::double precision)))::numeric, 4) AS make_share,
    round(((t.last_90_days / NULLIF(t.total_hours, (0)::double precision)))::numeric, 4) AS recent_share
   FROM (ntsb.flight_crew c
     LEFT JOIN LATERAL ( SELECT max(h.flight_hours) FILTER (WHERE ((h.flight_type = 'TOTL'::text) AND (h.flight_craft = 'ALL'::text))) AS total_hours,
            max(h.flight_hours) FILTER (WHERE ((h.flight_type = 'TOTL'::text) AND (h.flight_craft = 'MAKE'::text))) AS make_hours,
            max(h.flight_hours) FILTER (WHERE ((h.flight_type = 'L90D'::text) AND (h.flight_craft = 'ALL'::text))) AS last_90_days
           FROM ntsb.flight_time h
          WHERE ((h.ev_id = c.ev_id) AND (h.aircraft_key = c.aircraft_key) AND (h.crew_no = c.crew_no) AND (h.withdrawn_batch IS NULL))) t ON (true))
  WHERE (c.withdrawn_batch IS NULL);
COMMENT ON VIEW ntsb.crew_enriched IS 'Experience of each crew member of each event';
COMMENT ON COLUMN ntsb.crew_enriched.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.crew_enriched.aircraft_key IS 'NTSB''s number of the aircraft within the event';
COMMENT ON COLUMN ntsb.crew_enriched.crew_no IS 'Number of the crew member within the aircraft';
COMMENT ON COLUMN ntsb.crew_enriched.crew_category IS 'Role code: PLT, CPLT, FLTI, …';
COMMENT ON COLUMN ntsb.crew_enriched.category IS 'Meaning of crew_category, from the loaded dictionary';
COMMENT ON COLUMN ntsb.crew_enriched.crew_age IS 'Age in years';
COMMENT ON COLUMN ntsb.crew_enriched.total_hours IS 'Total flight hours';
COMMENT ON COLUMN ntsb.crew_enriched.make_hours IS 'Flight hours in this make and model';
COMMENT ON COLUMN ntsb.crew_enriched.last_90_days IS 'Flight hours in the last 90 days';
COMMENT ON COLUMN ntsb.crew_enriched.make_share IS 'make_hours / total_hours, 0 to 1';
COMMENT ON COLUMN ntsb.crew_enriched.recent_share IS 'last_90_days / total_hours, 0 to 1';
CREATE TABLE ntsb.dim_crew (
    crew_id integer NOT NULL,
    member text NOT NULL,
    crew_category text,
    certificates text[] DEFAULT '{}'::text[] NOT NULL,
    certificate text,
    age smallint,
    age_group text,
    total_hours real,
    total_hours_band text,
    make_hours real,
    experience_band text,
    medical text,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone NOT NULL,
    is_current boolean GENERATED ALWAYS AS ((valid_to = '9999-12-31 00:00:00+00'::timestamp with time zone)) STORED NOT NULL,
    next_from timestamp with time zone GENERATED ALWAYS AS (NULLIF(valid_to, '9999-12-31 00:00:00+00'::timestamp with time zone)) STORED,
    CONSTRAINT dim_crew_span CHECK ((valid_from < valid_to))
);
COMMENT ON TABLE ntsb.dim_crew IS 'Crew members, one per event and crew position, because NTSB gives no names. One version per set of certificates that NTSB reported';
COMMENT ON COLUMN ntsb.dim_crew.crew_id IS 'Surrogate key of the version; 0 is the unknown crew member';
COMMENT ON COLUMN ntsb.dim_crew.member IS 'ev_id/aircraft_key/crew_no';
COMMENT ON COLUMN ntsb.dim_crew.crew_category IS 'PLT pilot, CPLT copilot, FLTI instructor, DSTU student, …; the current value in all versions';
COMMENT ON COLUMN ntsb.dim_crew.certificates IS 'Certificate codes (crew_cert_code) in alphabetical order';
COMMENT ON COLUMN ntsb.dim_crew.certificate IS 'Highest pilot certificate among them; null if none is known';
COMMENT ON COLUMN ntsb.dim_crew.age IS 'Age in years; null if outside 10 to 110';
COMMENT ON COLUMN ntsb.dim_crew.age_group IS 'Band of the age; see ntsb_bands()';
COMMENT ON COLUMN ntsb.dim_crew.total_hours IS 'Total flight hours (flight_time TOTL, ALL)';
COMMENT ON COLUMN ntsb.dim_crew.total_hours_band IS 'Band of total_hours; see ntsb_bands()';
COMMENT ON COLUMN ntsb.dim_crew.make_hours IS 'Flight hours in this make and model (flight_time TOTL, MAKE)';
COMMENT ON COLUMN ntsb.dim_crew.experience_band IS 'Band of make_hours; see ntsb_bands()';
COMMENT ON COLUMN ntsb.dim_crew.medical IS 'Medical certificate: CL1, CL2, CL3, …';
COMMENT ON COLUMN ntsb.dim_crew.valid_from IS 'Time of the load that first reported these certificates; 1900-01-01 (UTC) for the first report';
COMMENT ON COLUMN ntsb.dim_crew.valid_to IS 'valid_from of the next version (exclusive); 9999-12-31 for the current one';
COMMENT ON COLUMN ntsb.dim_crew.is_current IS 'Version that NTSB reports now';
COMMENT ON COLUMN ntsb.dim_crew.next_from IS 'valid_from of the next version, which must exist; null for the current one';
CREATE MATERIALIZED VIEW ntsb.mv_crew_stats AS
 SELECT d.certificate,
    d.total_hours_band,
    d.experience_band,
    d.age_group,
    count(*) AS events,
    count(*) FILTER (WHERE (f.severity = 'FATL'::text)) AS fatal_events,
    sum(f.fatalities) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count
   FROM (ntsb.fact_accidents f
     JOIN ntsb.dim_crew d USING (crew_id))
  GROUP BY d.certificate, d.total_hours_band, d.experience_band, d.age_group
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_crew_stats IS 'Events by certificate, flight hours and age of the pilot in command of the first aircraft';
COMMENT ON COLUMN ntsb.mv_crew_stats.certificate IS 'Highest certificate of the pilot in command';
COMMENT ON COLUMN ntsb.mv_crew_stats.total_hours_band IS 'Band of total flight hours';
COMMENT ON COLUMN ntsb.mv_crew_stats.experience_band IS 'Band of flight hours in this make and model';
COMMENT ON COLUMN ntsb.mv_crew_stats.age_group IS 'Band of the age in years';
COMMENT ON COLUMN ntsb.mv_crew_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE VIEW ntsb.crew_stats AS
 SELECT mv_crew_stats.certificate,
    mv_crew_stats.total_hours_band,
    mv_crew_stats.experience_band,
    mv_crew_stats.age_group,
    mv_crew_stats.events,
    mv_crew_stats.fatal_events,
    mv_crew_stats.fatalities,
    mv_crew_stats.fatal_events_without_count
   FROM ntsb.mv_crew_stats;
COMMENT ON VIEW ntsb.crew_stats IS 'Events by certificate, flight hours and age of the pilot in command of the first aircraft';
COMMENT ON COLUMN ntsb.crew_stats.certificate IS 'Highest certificate of the pilot in command';
COMMENT ON COLUMN ntsb.crew_stats.total_hours_band IS 'Band of total flight hours';
COMMENT ON COLUMN ntsb.crew_stats.experience_band IS 'Band of flight hours in this make and model';
COMMENT ON COLUMN ntsb.crew_stats.age_group IS 'Band of the age in years';
COMMENT ON COLUMN ntsb.crew_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.crew_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.crew_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.crew_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE TABLE ntsb.ct_iaids (
    ct_name text,
    code_iaids text,
    meaning text,
    seq smallint,
    ntsb_type text,
    ntsb_code text,
    avn_code text,
    ntsb_codes_more text,
    not_for_ntsb_use boolean,
    eadms_use boolean,
    notes text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.ct_iaids IS 'Code lists; the file contains a row without ct_name (FOIA) and one without code (ct_dow)';
COMMENT ON COLUMN ntsb.ct_iaids.ct_name IS 'Code list, such as ct_damage; padded in the file';
COMMENT ON COLUMN ntsb.ct_iaids.code_iaids IS 'Code within the list; UNK and NONE are entries';
COMMENT ON COLUMN ntsb.ct_iaids.meaning IS 'What the code means';
COMMENT ON COLUMN ntsb.ct_iaids.seq IS 'Order of the code in its list';
COMMENT ON COLUMN ntsb.ct_iaids.ntsb_type IS 'Kind of ntsb_code: N, C or a dash; their meaning is not documented';
COMMENT ON COLUMN ntsb.ct_iaids.ntsb_code IS 'Code in NTSB''s previous system';
COMMENT ON COLUMN ntsb.ct_iaids.avn_code IS 'Code in the older aviation system, mostly blank';
COMMENT ON COLUMN ntsb.ct_iaids.ntsb_codes_more IS 'Other old NTSB codes merged into this one, comma-separated (01,02)';
COMMENT ON COLUMN ntsb.ct_iaids.not_for_ntsb_use IS 'Not offered to NTSB investigators';
COMMENT ON COLUMN ntsb.ct_iaids.eadms_use IS 'Offered since 2006 (eADMS)';
COMMENT ON COLUMN ntsb.ct_iaids.notes IS 'Remark on the code, such as New or Keep for archived data';
COMMENT ON COLUMN ntsb.ct_iaids.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.ct_iaids.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.ct_iaids.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.ct_iaids.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.ct_iaids.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.ct_pre1982 (
    name text,
    code text,
    meang text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.ct_pre1982 IS 'Code lists of 1962 to 1981, from PRE1982.MDB';
COMMENT ON COLUMN ntsb.ct_pre1982.name IS 'Column of PRE1982.MDB that uses the code, such as LIGHT_COND; CAUSE_FACTOR for causes';
COMMENT ON COLUMN ntsb.ct_pre1982.code IS 'Code; ** is the header of a list';
COMMENT ON COLUMN ntsb.ct_pre1982.meang IS 'What the code means (the column is spelled so in the file)';
COMMENT ON COLUMN ntsb.ct_pre1982.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.ct_pre1982.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.ct_pre1982.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.ct_pre1982.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.ct_pre1982.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.ct_seqevt (
    code integer NOT NULL,
    meaning text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.ct_seqevt IS 'Codes of occurrences, phases, subjects, modifiers and people before 2008';
COMMENT ON COLUMN ntsb.ct_seqevt.code IS 'Code: occurrence 100 to 430, phase 500 to 610, modifier, person, subject 10000 to 93300';
COMMENT ON COLUMN ntsb.ct_seqevt.meaning IS 'What the code means; null for five codes';
COMMENT ON COLUMN ntsb.ct_seqevt.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.ct_seqevt.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.ct_seqevt.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.ct_seqevt.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.ct_seqevt.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.dag (
    dag text NOT NULL,
    description text NOT NULL,
    schedule text,
    sla interval,
    is_enabled boolean DEFAULT true NOT NULL,
    next_due_at timestamp with time zone,
    defined_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    defined_by text DEFAULT CURRENT_USER NOT NULL,
    CONSTRAINT dag_dag_check CHECK ((dag ~ '^[a-z][a-z0-9_]{0,47}$'::text)),
    CONSTRAINT dag_sla_check CHECK ((sla > '00:00:00'::interval))
);
COMMENT ON TABLE ntsb.dag IS 'Pipelines: directed acyclic graphs of tasks (ntsb.dag_task). ntsb_define_dag writes it, CALL ntsb_run_dags() runs what is due';
COMMENT ON COLUMN ntsb.dag.dag IS 'Name: lower-case letters, digits and _, at most 48 characters';
COMMENT ON COLUMN ntsb.dag.description IS 'What the pipeline does';
COMMENT ON COLUMN ntsb.dag.schedule IS 'Cron expression of five fields (minute, hour, day of month, month, day of week) in GMT; null: runs on request only';
COMMENT ON COLUMN ntsb.dag.sla IS 'A run must finish within this time after it was due, else an alert of kind dag_late is raised; null: no limit';
COMMENT ON COLUMN ntsb.dag.is_enabled IS 'False: no run starts and no task of a run starts (ntsb_enable_dag)';
COMMENT ON COLUMN ntsb.dag.next_due_at IS 'When the next scheduled run is due; null if there is no schedule';
COMMENT ON COLUMN ntsb.dag.defined_at IS 'When the definition changed last';
COMMENT ON COLUMN ntsb.dag.defined_by IS 'Role that changed the definition last';
CREATE TABLE ntsb.dag_run (
    run_id bigint NOT NULL,
    dag text NOT NULL,
    started_by text NOT NULL,
    requested_by text DEFAULT SESSION_USER NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    late_at timestamp with time zone,
    CONSTRAINT dag_run_finished CHECK (((state = ANY (ARRAY['queued'::text, 'running'::text])) = (finished_at IS NULL))),
    CONSTRAINT dag_run_started_by_check CHECK ((started_by = ANY (ARRAY['schedule'::text, 'request'::text]))),
    CONSTRAINT dag_run_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])))
);
COMMENT ON TABLE ntsb.dag_run IS 'Runs of pipelines. The pipeline retention deletes old ones';
COMMENT ON COLUMN ntsb.dag_run.run_id IS 'Number of the run';
COMMENT ON COLUMN ntsb.dag_run.dag IS 'Pipeline, which may have been dropped since';
COMMENT ON COLUMN ntsb.dag_run.started_by IS 'schedule, or request (ntsb_request_run, CALL ntsb_run_dag)';
COMMENT ON COLUMN ntsb.dag_run.requested_by IS 'Role of the session that requested the run, or that found it due';
COMMENT ON COLUMN ntsb.dag_run.due_at IS 'When the run was due: the time of the schedule, or of the request';
COMMENT ON COLUMN ntsb.dag_run.state IS 'queued, running, succeeded (all tasks), failed (at least one task failed for good) or cancelled';
COMMENT ON COLUMN ntsb.dag_run.started_at IS 'When the run started; null while it is queued';
COMMENT ON COLUMN ntsb.dag_run.finished_at IS 'When the run finished; null while it is queued or running';
COMMENT ON COLUMN ntsb.dag_run.late_at IS 'When an alert said that the run is late; null if none did';
ALTER TABLE ntsb.dag_run ALTER COLUMN run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.dag_run_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.dag_task (
    dag text NOT NULL,
    task text NOT NULL,
    "position" integer NOT NULL,
    depends_on text[] DEFAULT '{}'::text[] NOT NULL,
    command text NOT NULL,
    max_attempts integer DEFAULT 3 NOT NULL,
    backoff interval DEFAULT '00:01:00'::interval NOT NULL,
    timeout interval DEFAULT '01:00:00'::interval NOT NULL,
    lock_timeout interval DEFAULT '00:01:00'::interval NOT NULL,
    sla interval,
    CONSTRAINT dag_task_backoff_check CHECK (((backoff >= '00:00:00'::interval) AND (backoff <= '1 day'::interval))),
    CONSTRAINT dag_task_lock_timeout_check CHECK (((lock_timeout >= '00:00:00.001'::interval) AND (lock_timeout <= '1 day'::interval))),
    CONSTRAINT dag_task_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 10))),
    CONSTRAINT dag_task_position_check CHECK (("position" > 0)),
    CONSTRAINT dag_task_sla_check CHECK ((sla > '00:00:00'::interval)),
    CONSTRAINT dag_task_task_check CHECK ((task ~ '^[a-z][a-z0-9_]{0,47}$'::text)),
    CONSTRAINT dag_task_timeout_check CHECK (((timeout >= '00:00:00.001'::interval) AND (timeout <= '1 day'::interval)))
);
COMMENT ON TABLE ntsb.dag_task IS 'Tasks of each pipeline. Each is one SQL statement and runs in a transaction of its own';
COMMENT ON COLUMN ntsb.dag_task.dag IS 'Pipeline in ntsb.dag';
COMMENT ON COLUMN ntsb.dag_task.task IS 'Name: lower-case letters, digits and _, at most 48 characters';
COMMENT ON COLUMN ntsb.dag_task."position" IS 'Place in the definition, from 1; of several tasks that can start, the first starts first';
COMMENT ON COLUMN ntsb.dag_task.depends_on IS 'Tasks of the same pipeline that must succeed before this one starts';
COMMENT ON COLUMN ntsb.dag_task.command IS 'One SQL statement; it runs with the rights of the owner of the warehouse';
COMMENT ON COLUMN ntsb.dag_task.max_attempts IS 'How often the task is tried in a run, 1 to 10';
COMMENT ON COLUMN ntsb.dag_task.backoff IS 'Pause after the first failed attempt; it doubles with each further one, up to one day';
COMMENT ON COLUMN ntsb.dag_task.timeout IS 'Time limit of one attempt';
COMMENT ON COLUMN ntsb.dag_task.lock_timeout IS 'Time limit to wait for one lock';
COMMENT ON COLUMN ntsb.dag_task.sla IS 'The task must finish within this time after its run was due, else an alert of kind dag_late is raised; null: no limit';
CREATE TABLE ntsb.eadmspub_datadictionary (
    category_of_data text,
    "table" text,
    "column" text,
    ct_name text,
    code_iaids text,
    meaning text,
    data_type_eadms text,
    length_eadms double precision,
    short_desc text,
    question_def text,
    code_meaning text,
    typeofchange text,
    change_notes text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.eadmspub_datadictionary IS 'NTSB data dictionary, one row per column and code; a few rows are duplicated';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.category_of_data IS 'Era and form: Pre eADMS coding, eADMS Data, eADMS Data Mult Resp (several answers)';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary."table" IS 'Table described; sometimes in a different case than the real name (flight_crew)';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary."column" IS 'Column described; findings_code means finding_code';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.ct_name IS 'Code list of the column, as in ct_iaids';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.code_iaids IS 'Code; patterns such as 552xxx, xxx230 and 01022214XX in events_sequence and findings';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.meaning IS 'What the code means';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.data_type_eadms IS 'Type in NTSB''s own database: char, int, datetime...';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.length_eadms IS 'Length of that type, characters or bytes';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.short_desc IS 'Title of the column';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.question_def IS 'NTSB''s definition of the column';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.code_meaning IS 'NTSB''s definition of the code';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.typeofchange IS 'Change: FieldNew, FieldMove, FieldNoLongerPopulated, ChoiceAdd, ChoiceDrop, ChoiceConverted, New fields';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.change_notes IS 'What changed and when';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.eadmspub_datadictionary.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE VIEW ntsb.data_dictionary AS
 SELECT lower(eadmspub_datadictionary."table") AS table_name,
    lower(eadmspub_datadictionary."column") AS column_name,
    eadmspub_datadictionary.ct_name AS code_table,
    eadmspub_datadictionary.code_iaids AS code,
    eadmspub_datadictionary.meaning,
    eadmspub_datadictionary.short_desc AS title,
    eadmspub_datadictionary.question_def AS definition,
    eadmspub_datadictionary.code_meaning AS code_definition,
    eadmspub_datadictionary.change_notes
   FROM ntsb.eadmspub_datadictionary
  WHERE (eadmspub_datadictionary.withdrawn_batch IS NULL);
COMMENT ON VIEW ntsb.data_dictionary IS 'NTSB''s own definitions of columns and codes, one row per code; empty until a loaded file includes them';
COMMENT ON COLUMN ntsb.data_dictionary.table_name IS 'Table in schema ntsb';
COMMENT ON COLUMN ntsb.data_dictionary.column_name IS 'Column of that table, or the col_name of a dt_ table';
COMMENT ON COLUMN ntsb.data_dictionary.code IS 'Code of the column; xx stands for any digits';
COMMENT ON COLUMN ntsb.data_dictionary.meaning IS 'Meaning of the code';
COMMENT ON COLUMN ntsb.data_dictionary.definition IS 'NTSB''s definition of the column';
CREATE TABLE ntsb.row_defects (
    table_name text NOT NULL,
    row_key text NOT NULL,
    column_name text NOT NULL,
    defect text NOT NULL,
    raw_value text,
    batch_id bigint NOT NULL,
    action text DEFAULT 'repair'::text NOT NULL,
    reason text,
    CONSTRAINT row_defects_action_check CHECK ((action = ANY (ARRAY['repair'::text, 'null'::text, 'flag'::text])))
);
COMMENT ON TABLE ntsb.row_defects IS 'Values of stored rows that cleaning repaired or dropped, or that a rule dropped or flagged, with the raw value; replaced when the row changes';
COMMENT ON COLUMN ntsb.row_defects.row_key IS 'Primary key of the row, its columns joined by /';
COMMENT ON COLUMN ntsb.row_defects.column_name IS 'Column with the defect; * for the row as a whole';
COMMENT ON COLUMN ntsb.row_defects.defect IS 'Name of the defect (ntsb_defects() describes each), or the rule_id of ntsb.validation_rule';
COMMENT ON COLUMN ntsb.row_defects.raw_value IS 'Raw value from the file, truncated to 1,000 characters';
COMMENT ON COLUMN ntsb.row_defects.batch_id IS 'Batch that loaded the value';
COMMENT ON COLUMN ntsb.row_defects.action IS 'repair: repaired or dropped by cleaning; null: dropped by a rule; flag: kept, but flagged by a rule';
COMMENT ON COLUMN ntsb.row_defects.reason IS 'Description of the violation; null for repairs';
CREATE TABLE ntsb.staging_quarantine (
    quarantine_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    table_name text NOT NULL,
    row_key text,
    rule_id text NOT NULL,
    column_name text,
    value text,
    reason text NOT NULL,
    payload jsonb NOT NULL,
    quarantined_at timestamp with time zone DEFAULT now() NOT NULL,
    ev_id text,
    status text DEFAULT 'held'::text NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    decision jsonb,
    CONSTRAINT decision_recorded CHECK ((((status = 'held'::text) = (decided_at IS NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL)))),
    CONSTRAINT staging_quarantine_status_check CHECK ((status = ANY (ARRAY['held'::text, 'released'::text, 'discarded'::text])))
);
COMMENT ON TABLE ntsb.staging_quarantine IS 'Quarantined rows: rejected rows as they were in the file, with the rule that rejected them';
COMMENT ON COLUMN ntsb.staging_quarantine.batch_id IS 'First batch that had the row';
COMMENT ON COLUMN ntsb.staging_quarantine.row_key IS 'Key of the row, as far as it could be parsed';
COMMENT ON COLUMN ntsb.staging_quarantine.rule_id IS 'Rule that rejected the row; see ntsb.validation_rule';
COMMENT ON COLUMN ntsb.staging_quarantine.payload IS 'Raw row as JSON';
COMMENT ON COLUMN ntsb.staging_quarantine.ev_id IS 'Event of the row, according to the row';
COMMENT ON COLUMN ntsb.staging_quarantine.status IS 'held: not decided yet; released: stored later; discarded: will not be stored';
COMMENT ON COLUMN ntsb.staging_quarantine.decided_at IS 'When it was released or discarded';
COMMENT ON COLUMN ntsb.staging_quarantine.decided_by IS 'Role that decided';
COMMENT ON COLUMN ntsb.staging_quarantine.decision IS 'If released: the patch, the waived rules and the batch; if discarded: the reason';
CREATE VIEW ntsb.data_quality AS
 SELECT row_defects.batch_id,
    row_defects.table_name,
    row_defects.column_name,
    row_defects.defect AS rule_id,
    row_defects.action,
    count(*) AS rows
   FROM ntsb.row_defects
  GROUP BY row_defects.batch_id, row_defects.table_name, row_defects.column_name, row_defects.defect, row_defects.action
UNION ALL
 SELECT staging_quarantine.batch_id,
    staging_quarantine.table_name,
    COALESCE(staging_quarantine.column_name, '*'::text) AS column_name,
    staging_quarantine.rule_id,
    'reject'::text AS action,
    count(*) AS rows
   FROM ntsb.staging_quarantine
  GROUP BY staging_quarantine.batch_id, staging_quarantine.table_name, COALESCE(staging_quarantine.column_name, '*'::text), staging_quarantine.rule_id
UNION ALL
 SELECT batch_defects.batch_id,
    batch_defects.table_name,
    batch_defects.column_name,
    batch_defects.rule_id,
    'flag'::text AS action,
    count(*) AS rows
   FROM ntsb.batch_defects
  GROUP BY batch_defects.batch_id, batch_defects.table_name, batch_defects.column_name, batch_defects.rule_id;
COMMENT ON VIEW ntsb.data_quality IS 'Number of rows with each defect, by batch, table, column and rule. Defects of a row that a later batch changed count for that batch';
COMMENT ON COLUMN ntsb.data_quality.rule_id IS 'Rule of ntsb.validation_rule, or a defect of ntsb_defects()';
COMMENT ON COLUMN ntsb.data_quality.action IS 'repair: cleaning repaired or dropped the value; null: a rule dropped it; flag: a rule flagged it; reject: the row is quarantined';
ALTER TABLE ntsb.dim_aircraft ALTER COLUMN aircraft_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ntsb.dim_aircraft_aircraft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ntsb.dim_causes ALTER COLUMN cause_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ntsb.dim_causes_cause_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ntsb.dim_crew ALTER COLUMN crew_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ntsb.dim_crew_crew_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.dim_location (
    location_id integer NOT NULL,
    natural_key text NOT NULL,
    country text,
    state text,
    county text,
    city text,
    lat double precision,
    lon double precision,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    nearest_airport_id text,
    nearest_airport_km double precision
);
COMMENT ON TABLE ntsb.dim_location IS 'Places of events: one member per country, state, city and point';
COMMENT ON COLUMN ntsb.dim_location.location_id IS 'Surrogate key; 0 is the unknown place';
COMMENT ON COLUMN ntsb.dim_location.natural_key IS 'Country, state, city and point as one text';
COMMENT ON COLUMN ntsb.dim_location.country IS 'NTSB''s country code: USA or a two-letter FIPS code; see ntsb.country';
COMMENT ON COLUMN ntsb.dim_location.state IS 'State or territory; see ntsb.states';
COMMENT ON COLUMN ntsb.dim_location.county IS 'County; null unless you fill it, because NTSB does not publish it';
COMMENT ON COLUMN ntsb.dim_location.city IS 'City or place';
COMMENT ON COLUMN ntsb.dim_location.lat IS 'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.dim_location.lon IS 'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.dim_location.geog IS 'lat and lon as a PostGIS point';
COMMENT ON COLUMN ntsb.dim_location.nearest_airport_id IS 'Nearest airport of ntsb.airport; null until ntsb_fill_nearest_airports sets it';
COMMENT ON COLUMN ntsb.dim_location.nearest_airport_km IS 'Distance to the nearest airport in kilometres on the spheroid';
ALTER TABLE ntsb.dim_location ALTER COLUMN location_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ntsb.dim_location_location_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.dim_time (
    time_id integer NOT NULL,
    full_date date,
    year smallint,
    quarter smallint,
    month smallint,
    month_name text,
    day smallint,
    day_of_year smallint,
    iso_week smallint,
    day_of_week smallint,
    day_name text,
    is_weekend boolean,
    holiday_name text,
    observed_holiday_name text
);
COMMENT ON TABLE ntsb.dim_time IS 'Days from 1962 to 2035 with the federal holidays of the United States; time_id 0 is an unknown day or one outside this range';
COMMENT ON COLUMN ntsb.dim_time.time_id IS 'The day as YYYYMMDD; 0 for the unknown member';
COMMENT ON COLUMN ntsb.dim_time.full_date IS 'The day; null for the unknown member';
COMMENT ON COLUMN ntsb.dim_time.year IS 'Calendar year';
COMMENT ON COLUMN ntsb.dim_time.quarter IS 'Quarter of the year, 1 to 4';
COMMENT ON COLUMN ntsb.dim_time.month IS 'Month, 1 to 12';
COMMENT ON COLUMN ntsb.dim_time.month_name IS 'Name of the month in English';
COMMENT ON COLUMN ntsb.dim_time.day IS 'Day of the month';
COMMENT ON COLUMN ntsb.dim_time.day_of_year IS 'Day of the year, from 1';
COMMENT ON COLUMN ntsb.dim_time.iso_week IS 'ISO 8601 week; the first days of January may be in week 52 or 53';
COMMENT ON COLUMN ntsb.dim_time.day_of_week IS '1 Monday to 7 Sunday';
COMMENT ON COLUMN ntsb.dim_time.day_name IS 'Name of the weekday in English';
COMMENT ON COLUMN ntsb.dim_time.is_weekend IS 'True on Saturday and Sunday';
COMMENT ON COLUMN ntsb.dim_time.holiday_name IS 'Federal holiday on that day by law, in the years in which it was a holiday; null on other days';
COMMENT ON COLUMN ntsb.dim_time.observed_holiday_name IS 'Holiday for which federal offices close on that day: the day itself, Friday for a Saturday, Monday for a Sunday';
CREATE TABLE ntsb.dim_weather (
    weather_id integer NOT NULL,
    natural_key text NOT NULL,
    wx_cond_basic text,
    visibility_band text,
    wind_band text,
    temp_band text
);
COMMENT ON TABLE ntsb.dim_weather IS 'Weather conditions: one member per combination of bands that occurred';
COMMENT ON COLUMN ntsb.dim_weather.weather_id IS 'Surrogate key; 0 is unknown weather';
COMMENT ON COLUMN ntsb.dim_weather.natural_key IS 'The four columns below as one text';
COMMENT ON COLUMN ntsb.dim_weather.wx_cond_basic IS 'VMC visual, IMC instrument meteorological conditions';
COMMENT ON COLUMN ntsb.dim_weather.visibility_band IS 'Band of the visibility in statute miles; see ntsb_bands()';
COMMENT ON COLUMN ntsb.dim_weather.wind_band IS 'Band of the wind in knots; see ntsb_bands()';
COMMENT ON COLUMN ntsb.dim_weather.temp_band IS 'Band of the temperature in degrees Celsius; see ntsb_bands()';
ALTER TABLE ntsb.dim_weather ALTER COLUMN weather_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ntsb.dim_weather_weather_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.distributed_load (
    load_id bigint NOT NULL,
    source text NOT NULL,
    mode text NOT NULL,
    digest text,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_by text DEFAULT SESSION_USER NOT NULL,
    decision text,
    decided_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT distributed_load_decision_check CHECK ((decision = ANY (ARRAY['commit'::text, 'rollback'::text]))),
    CONSTRAINT distributed_load_mode_check CHECK ((mode = ANY (ARRAY['full'::text, 'increment'::text])))
);
COMMENT ON TABLE ntsb.distributed_load IS 'Loads onto the shards. The row of a load decides whether its prepared transactions are committed or rolled back; CALL ntsb_resolve_distributed_loads() ends those that were interrupted';
COMMENT ON COLUMN ntsb.distributed_load.load_id IS 'Number of the load';
COMMENT ON COLUMN ntsb.distributed_load.source IS 'Name of the file or folder';
COMMENT ON COLUMN ntsb.distributed_load.mode IS 'full or increment, as in ntsb.batch';
COMMENT ON COLUMN ntsb.distributed_load.digest IS 'SHA-256 of the file, hexadecimal';
COMMENT ON COLUMN ntsb.distributed_load.started_at IS 'Start of the load';
COMMENT ON COLUMN ntsb.distributed_load.started_by IS 'Role that loaded the file';
COMMENT ON COLUMN ntsb.distributed_load.decision IS 'commit: all shards have prepared, and each commits; rollback: none does; null: not decided, which counts as rollback if the loading session is gone';
COMMENT ON COLUMN ntsb.distributed_load.decided_at IS 'When that was decided';
COMMENT ON COLUMN ntsb.distributed_load.finished_at IS 'When the last shard had done so';
ALTER TABLE ntsb.distributed_load ALTER COLUMN load_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.distributed_load_load_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.distributed_load_shard (
    load_id bigint NOT NULL,
    shard_name text NOT NULL,
    gid text NOT NULL,
    batch_id bigint,
    prepared_at timestamp with time zone,
    resolved_at timestamp with time zone,
    outcome text,
    CONSTRAINT distributed_load_shard_outcome_check CHECK ((outcome = ANY (ARRAY['committed'::text, 'rolled back'::text, 'lost'::text])))
);
COMMENT ON TABLE ntsb.distributed_load_shard IS 'What became of each load on each shard';
COMMENT ON COLUMN ntsb.distributed_load_shard.load_id IS 'Load in ntsb.distributed_load';
COMMENT ON COLUMN ntsb.distributed_load_shard.shard_name IS 'Shard that takes part; it may have been detached since';
COMMENT ON COLUMN ntsb.distributed_load_shard.gid IS 'Name of the prepared transaction on the shard';
COMMENT ON COLUMN ntsb.distributed_load_shard.batch_id IS 'Batch on the shard; see ntsb.batch there';
COMMENT ON COLUMN ntsb.distributed_load_shard.prepared_at IS 'When the shard had prepared';
COMMENT ON COLUMN ntsb.distributed_load_shard.resolved_at IS 'When the shard had committed or rolled back';
COMMENT ON COLUMN ntsb.distributed_load_shard.outcome IS 'committed; rolled back; or lost: commit was decided, but the shard has neither the prepared transaction nor the batch, for example because it was restored from an older backup';
CREATE TABLE ntsb.drift_report (
    report_id bigint NOT NULL,
    feature text NOT NULL,
    reported_at timestamp with time zone DEFAULT now() NOT NULL,
    model_id bigint NOT NULL,
    reference daterange NOT NULL,
    current_window daterange NOT NULL,
    reference_rows integer NOT NULL,
    current_rows integer NOT NULL,
    test text NOT NULL,
    statistic double precision NOT NULL,
    p_value double precision NOT NULL,
    psi double precision NOT NULL,
    jensen_shannon double precision NOT NULL,
    drifted boolean NOT NULL
);
COMMENT ON TABLE ntsb.drift_report IS 'Results of ntsb_detect_drift: one row per report and feature of the model, and for its predictions';
COMMENT ON COLUMN ntsb.drift_report.report_id IS 'Number of the report, one per call of ntsb_detect_drift';
COMMENT ON COLUMN ntsb.drift_report.feature IS 'Feature of ntsb.feature; (prediction) and (confidence) are the stored predictions of ntsb.predictions';
COMMENT ON COLUMN ntsb.drift_report.reported_at IS 'When the report was made';
COMMENT ON COLUMN ntsb.drift_report.model_id IS 'Model whose features were compared';
COMMENT ON COLUMN ntsb.drift_report.reference IS 'Date range of the reference events';
COMMENT ON COLUMN ntsb.drift_report.current_window IS 'Date range of the current events';
COMMENT ON COLUMN ntsb.drift_report.reference_rows IS 'Events in the reference range';
COMMENT ON COLUMN ntsb.drift_report.current_rows IS 'Events in the current range';
COMMENT ON COLUMN ntsb.drift_report.test IS 'kolmogorov_smirnov for numbers, chi_squared for codes; null counts as a value';
COMMENT ON COLUMN ntsb.drift_report.statistic IS 'Test statistic';
COMMENT ON COLUMN ntsb.drift_report.p_value IS 'p value of the test for this feature alone';
COMMENT ON COLUMN ntsb.drift_report.psi IS 'Population stability index: below 0.1 small, from 0.25 large';
COMMENT ON COLUMN ntsb.drift_report.jensen_shannon IS 'Jensen-Shannon divergence in bits, 0 to 1';
COMMENT ON COLUMN ntsb.drift_report.drifted IS 'Whether the difference is significant, corrected for the number of features, and psi is at least min_psi';
CREATE SEQUENCE ntsb.drift_report_id
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE ntsb.drift_report_id OWNED BY ntsb.drift_report.report_id;
COMMENT ON SEQUENCE ntsb.drift_report_id IS 'Numbers of drift reports';
CREATE TABLE ntsb.dt_aircraft (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    col_name text NOT NULL,
    code text NOT NULL,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.dt_aircraft IS 'Multiple-choice answers about an aircraft: one row per answer';
COMMENT ON COLUMN ntsb.dt_aircraft.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.dt_aircraft.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.dt_aircraft.col_name IS 'Question: acft_awy_cert, aircar_cert, airspc_type, instm_appr, landing_gear, load_desc, rwy_cond, type_clear, vfr_appr';
COMMENT ON COLUMN ntsb.dt_aircraft.code IS 'Code of the answer within col_name; UNK and NONE are answers';
COMMENT ON COLUMN ntsb.dt_aircraft.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.dt_aircraft.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.dt_aircraft.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.dt_aircraft.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.dt_aircraft.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.dt_aircraft.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.dt_aircraft.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.dt_events (
    ev_id text NOT NULL,
    col_name text NOT NULL,
    code text NOT NULL,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.dt_events IS 'Multiple-choice answers about an event: one row per answer';
COMMENT ON COLUMN ntsb.dt_events.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.dt_events.col_name IS 'Question: wx_cond, wx_metar, wx_brief, wx_brief_src, vis_restrct, prop_dmg, cictt...; a digit may follow';
COMMENT ON COLUMN ntsb.dt_events.code IS 'Code of the answer within col_name; UNK and NONE are answers';
COMMENT ON COLUMN ntsb.dt_events.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.dt_events.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.dt_events.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.dt_events.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.dt_events.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.dt_events.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.dt_events.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.dt_flight_crew (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    crew_no smallint NOT NULL,
    col_name text NOT NULL,
    code text NOT NULL,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.dt_flight_crew IS 'Certificates and ratings of a crew member: one row per answer';
COMMENT ON COLUMN ntsb.dt_flight_crew.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.dt_flight_crew.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.dt_flight_crew.crew_no IS 'Crew member within the aircraft, from 1';
COMMENT ON COLUMN ntsb.dt_flight_crew.col_name IS 'Question: crew_cert_code (ATP, COMM, PRI, STU...), crew_rat_airpln, crew_rat_instrum, crew_rat_instruct, crew_rat_roto';
COMMENT ON COLUMN ntsb.dt_flight_crew.code IS 'Code of the answer within col_name; UNK and NONE are answers';
COMMENT ON COLUMN ntsb.dt_flight_crew.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.dt_flight_crew.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.dt_flight_crew.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.dt_flight_crew.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.dt_flight_crew.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.dt_flight_crew.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.dt_flight_crew.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.states (
    state text NOT NULL,
    name text,
    faa_region text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.states IS 'US states and the District of Columbia; ev_state contains others (OF, PR, GM, AO, PO...)';
COMMENT ON COLUMN ntsb.states.state IS 'Postal code of the state';
COMMENT ON COLUMN ntsb.states.name IS 'Name of the state in capitals';
COMMENT ON COLUMN ntsb.states.faa_region IS 'FAA region: AL, CE, EA, GL, NE, NM, SO, SW, WP, WA';
COMMENT ON COLUMN ntsb.states.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.states.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.states.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.states.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.states.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE VIEW ntsb.event_airport AS
 SELECT e.ev_id,
    e.ev_year,
    c.country,
    f.airport_id,
    e.ev_nr_apt_id,
    e.ev_nr_apt_loc,
    e.apt_dist
   FROM (((((ntsb.events e
     LEFT JOIN ntsb.states s ON (((s.state = e.ev_state) AND (s.withdrawn_batch IS NULL))))
     LEFT JOIN ntsb.country_iso i ON ((i.country_code = e.ev_country)))
     CROSS JOIN LATERAL ( SELECT COALESCE(i.iso_code,
                CASE
                    WHEN ((e.ev_country IS NULL) AND ((s.state IS NOT NULL) OR (e.ev_state = ANY ('{PR,VI,GU,AS,MP,UM}'::text[])))) THEN 'US'::text
                    ELSE NULL::text
                END) AS country) c)
     CROSS JOIN LATERAL ( SELECT n.airport_id,
            n.country
           FROM ntsb.airport_identifier n
          WHERE ((n.identifier = upper(btrim(e.ev_nr_apt_id))) AND (n.country = ANY (
                CASE c.country
                    WHEN 'US'::text THEN '{US,PR,VI,GU,AS,MP,UM}'::text[]
                    ELSE ARRAY[c.country]
                END)))
          ORDER BY n.choice, (n.country IS DISTINCT FROM 'US'::text), n.airport_id
         LIMIT 1) f)
     JOIN ntsb.airport a ON ((a.airport_id = f.airport_id)))
  WHERE ((e.ev_nr_apt_id IS NOT NULL) AND
        CASE
            WHEN (c.country <> 'US'::text) THEN true
            WHEN (a.country = 'US'::text) THEN ((a.region IS NULL) OR (e.ev_state IS NULL) OR (a.region = e.ev_state) OR (upper(a.region) = upper(btrim(s.name))))
            ELSE (a.country = e.ev_state)
        END);
COMMENT ON VIEW ntsb.event_airport IS 'The airport of ntsb.airport that NTSB names for an event (ev_nr_apt_id), looked up within the event''s country; no row if the identifier names none there, if the state disagrees, or if the country is unknown or has no sure ISO code (ntsb.country_iso). Withdrawn events are included';
COMMENT ON COLUMN ntsb.event_airport.ev_id IS 'Event';
COMMENT ON COLUMN ntsb.event_airport.ev_year IS 'Year of the event, part of its key in ntsb.events';
COMMENT ON COLUMN ntsb.event_airport.country IS 'ISO 3166 country code of the event';
COMMENT ON COLUMN ntsb.event_airport.airport_id IS 'Airport in ntsb.airport';
COMMENT ON COLUMN ntsb.event_airport.ev_nr_apt_id IS 'Identifier as NTSB writes it';
COMMENT ON COLUMN ntsb.event_airport.ev_nr_apt_loc IS 'Whether the event was on the airport (ONAP) or off it (OFAP)';
COMMENT ON COLUMN ntsb.event_airport.apt_dist IS 'Distance from the airport in statute miles, as NTSB reports it';
CREATE VIEW ntsb.event_enriched AS
 SELECT f.ev_id,
    f.ev_date,
    f.ev_year,
    (EXTRACT(quarter FROM f.ev_date))::smallint AS quarter,
    f.ev_month,
    (EXTRACT(isodow FROM f.ev_date))::smallint AS day_of_week,
    (EXTRACT(isodow FROM f.ev_date) >= (6)::numeric) AS is_weekend,
    f.phase_code,
        CASE f.era
            WHEN '2008'::text THEN f.phase_code
            ELSE p.current_code
        END AS current_phase_code,
        CASE f.era
            WHEN '2008'::text THEN "right"(f.defining_event, 3)
            ELSE e.current_code
        END AS current_event_code,
    f.nearest_airport_id,
    a.name AS nearest_airport,
    f.nearest_airport_km
   FROM (((ntsb.fact_accidents f
     LEFT JOIN ntsb.airport a ON ((a.airport_id = f.nearest_airport_id)))
     LEFT JOIN ntsb.code_crosswalk p ON (((f.era = '1982'::text) AND (p.kind = 'phase'::text) AND (p.code = f.phase_code))))
     LEFT JOIN ntsb.code_crosswalk e ON (((f.era = '1982'::text) AND (e.kind = 'event'::text) AND (e.code = f.defining_event))));
COMMENT ON VIEW ntsb.event_enriched IS 'Parts of the date, nearest airport, and phase and defining event in the codes used since 2008; one row per event';
COMMENT ON COLUMN ntsb.event_enriched.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.event_enriched.ev_date IS 'Date of the event; UTC in rows written since 2020';
COMMENT ON COLUMN ntsb.event_enriched.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.event_enriched.quarter IS 'Quarter, 1 to 4';
COMMENT ON COLUMN ntsb.event_enriched.ev_month IS 'Month, 1 to 12';
COMMENT ON COLUMN ntsb.event_enriched.day_of_week IS 'ISO 8601 day of the week: 1 Monday to 7 Sunday';
COMMENT ON COLUMN ntsb.event_enriched.is_weekend IS 'True on Saturday and Sunday';
COMMENT ON COLUMN ntsb.event_enriched.phase_code IS 'Phase of flight of the defining occurrence, in the codes of its era';
COMMENT ON COLUMN ntsb.event_enriched.current_phase_code IS 'phase_code in the codes used since 2008, mapped by ntsb.code_crosswalk';
COMMENT ON COLUMN ntsb.event_enriched.current_event_code IS 'Defining event in the codes used since 2008 (three digits), mapped by ntsb.code_crosswalk';
COMMENT ON COLUMN ntsb.event_enriched.nearest_airport_id IS 'Nearest airport of ntsb.airport; null if no list is loaded';
COMMENT ON COLUMN ntsb.event_enriched.nearest_airport IS 'Name of the nearest airport';
COMMENT ON COLUMN ntsb.event_enriched.nearest_airport_km IS 'Distance to the nearest airport in kilometres';
CREATE TABLE ntsb.runway (
    airport_id text NOT NULL,
    ident text NOT NULL,
    le_ident text,
    he_ident text,
    opposite_ident text,
    length_ft double precision,
    width_ft double precision,
    surface text,
    is_lighted boolean,
    is_closed boolean NOT NULL,
    source text NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT runway_length_ft_check CHECK (((length_ft > (0)::double precision) AND (length_ft < 'Infinity'::double precision))),
    CONSTRAINT runway_width_ft_check CHECK (((width_ft > (0)::double precision) AND (width_ft < 'Infinity'::double precision)))
);
COMMENT ON TABLE ntsb.runway IS 'Runways of the airports in ntsb.airport, from the lists loaded with `ntsb load-runways` (OurAirports or FAA''s NASR). They are today''s runways, not those of the day of an event';
COMMENT ON COLUMN ntsb.runway.airport_id IS 'Airport in ntsb.airport. No foreign key: another list of airports keeps the runways';
COMMENT ON COLUMN ntsb.runway.ident IS 'Designators of both ends as in the list, such as 07/25; H1 is a helipad';
COMMENT ON COLUMN ntsb.runway.le_ident IS 'Designator of the low-numbered end, standardised by ntsb_standard_runway; null if it is none';
COMMENT ON COLUMN ntsb.runway.he_ident IS 'Designator of the high-numbered end; null if the list lacks it';
COMMENT ON COLUMN ntsb.runway.opposite_ident IS 'Designator of the end that the list lacks, derived from the other end; null if the list has both';
COMMENT ON COLUMN ntsb.runway.length_ft IS 'Length in feet; null if the list lacks it';
COMMENT ON COLUMN ntsb.runway.width_ft IS 'Width in feet; null if the list lacks it';
COMMENT ON COLUMN ntsb.runway.surface IS 'Surface as in the list: ASP, ASPH, TURF, …';
COMMENT ON COLUMN ntsb.runway.is_lighted IS 'Has runway lights; null if the list does not say';
COMMENT ON COLUMN ntsb.runway.is_closed IS 'Closed, according to the list';
COMMENT ON COLUMN ntsb.runway.source IS 'Name of the loaded file';
COMMENT ON COLUMN ntsb.runway.loaded_at IS 'When the row was stored or last changed';
CREATE VIEW ntsb.event_runway AS
 SELECT a.ev_id,
    a.aircraft_key,
    n.airport_id,
    a.rwy_num,
    d.runway,
    COALESCE(r.match, 'no such runway'::text) AS match,
    r.ident,
    r.length_ft,
    r.width_ft,
    r.surface,
    r.is_closed,
    a.rwy_len,
    a.rwy_width,
    ((a.rwy_len)::double precision - r.length_ft) AS length_difference_ft,
    ((a.rwy_width)::double precision - r.width_ft) AS width_difference_ft,
    (abs(((a.rwy_len)::double precision - r.length_ft)) > GREATEST((100)::double precision, ((0.1)::double precision * r.length_ft))) AS length_disagrees
   FROM ((((((ntsb.aircraft a
     JOIN ntsb.event_airport n ON ((n.ev_id = a.ev_id)))
     JOIN ntsb.events e ON (((e.ev_id = n.ev_id) AND (e.ev_year = n.ev_year) AND (e.withdrawn_batch IS NULL))))
     CROSS JOIN LATERAL ( SELECT regexp_replace(upper(btrim(a.rwy_num)), '^(RUNWAY|RWY|R/W|RW)?[ .:#-]*'::text, ''::text) AS text) t)
     CROSS JOIN LATERAL ( SELECT regexp_match(t.text, '^([0-9]{1,2}) *(LEFT|RIGHT|CENTER|CENTRE|[LRCWGUST])?(?![A-Z0-9])'::text) AS parts,
            "substring"(t.text, '^(N|NNE|NE|ENE|E|ESE|SE|SSE|S|SSW|SW|WSW|W|WNW|NW|NNW)(?![A-Z0-9])'::text) AS compass) p)
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (upper(btrim(a.rwy_num)) ~~ 'N/A%'::text) THEN NULL::text
                    WHEN (((p.parts[1])::integer >= 1) AND ((p.parts[1])::integer <= 36)) THEN (lpad(p.parts[1], 2, '0'::text) || COALESCE("left"(p.parts[2], 1), ''::text))
                    ELSE p.compass
                END AS runway) d)
     LEFT JOIN LATERAL ( SELECT w.ident,
            w.length_ft,
            w.width_ft,
            w.surface,
            w.is_closed,
                CASE
                    WHEN (w.opposite_ident = d.runway) THEN 'reciprocal'::text
                    ELSE 'ident'::text
                END AS match
           FROM ntsb.runway w
          WHERE ((w.airport_id = n.airport_id) AND (((d.runway = w.le_ident) OR (d.runway = w.he_ident)) OR (d.runway = w.opposite_ident)))
          ORDER BY COALESCE((w.opposite_ident = d.runway), false), w.is_closed, w.length_ft DESC NULLS LAST, w.ident
         LIMIT 1) r ON (true))
  WHERE ((a.withdrawn_batch IS NULL) AND (d.runway IS NOT NULL) AND (EXISTS ( SELECT
           FROM ntsb.runway w
          WHERE (w.airport_id = n.airport_id))));
COMMENT ON VIEW ntsb.event_runway IS 'For each aircraft whose rwy_num is a runway designator, at an airport with listed runways: the listed runway beside NTSB''s figures. The list describes today''s runways, so an old event may disagree because the runway has changed since';
COMMENT ON COLUMN ntsb.event_runway.ev_id IS 'Event';
COMMENT ON COLUMN ntsb.event_runway.aircraft_key IS 'Aircraft of the event, as in ntsb.aircraft';
COMMENT ON COLUMN ntsb.event_runway.airport_id IS 'Airport of the event, as in ntsb.event_airport';
COMMENT ON COLUMN ntsb.event_runway.rwy_num IS 'Runway as NTSB writes it';
COMMENT ON COLUMN ntsb.event_runway.runway IS 'Designator of rwy_num, as ntsb_standard_runway returns it';
COMMENT ON COLUMN ntsb.event_runway.match IS 'ident: the list has this end of the runway; reciprocal: the list has only the opposite end; no such runway: the list of this airport lacks it';
COMMENT ON COLUMN ntsb.event_runway.ident IS 'Runway in ntsb.runway; null if there is no such runway';
COMMENT ON COLUMN ntsb.event_runway.length_ft IS 'Listed length in feet';
COMMENT ON COLUMN ntsb.event_runway.width_ft IS 'Listed width in feet';
COMMENT ON COLUMN ntsb.event_runway.surface IS 'Listed surface';
COMMENT ON COLUMN ntsb.event_runway.is_closed IS 'Whether the list says that the runway is closed';
COMMENT ON COLUMN ntsb.event_runway.rwy_len IS 'Length in feet as NTSB reports it';
COMMENT ON COLUMN ntsb.event_runway.rwy_width IS 'Width in feet as NTSB reports it';
COMMENT ON COLUMN ntsb.event_runway.length_difference_ft IS 'rwy_len minus length_ft; null if either is unknown';
COMMENT ON COLUMN ntsb.event_runway.width_difference_ft IS 'rwy_width minus width_ft; null if either is unknown';
COMMENT ON COLUMN ntsb.event_runway.length_disagrees IS 'The lengths differ by more than 10 % of the listed length and by more than 100 ft; null if either is unknown';
CREATE TABLE ntsb.metar (
    metar_id bigint NOT NULL,
    source text NOT NULL,
    ev_id text,
    report_no smallint,
    station text,
    observed_at timestamp with time zone,
    kind text NOT NULL,
    parsed_from text NOT NULL,
    is_auto boolean,
    is_corrected boolean,
    wind_dir_deg smallint,
    is_wind_variable boolean,
    wind_from_deg smallint,
    wind_to_deg smallint,
    wind_kt double precision,
    gust_kt double precision,
    visibility_sm double precision,
    visibility_bound text,
    is_cavok boolean,
    rvr jsonb,
    weather text[],
    clouds jsonb,
    vertical_visibility_ft integer,
    has_ceiling boolean,
    ceiling_ft integer,
    temp_c double precision,
    dew_point_c double precision,
    altimeter_inhg double precision,
    altimeter_hpa double precision,
    flight_category text,
    remarks text,
    unparsed text[],
    raw text,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT metar_check CHECK (
CASE source
    WHEN 'ntsb'::text THEN (num_nulls(ev_id, report_no) = 0)
    ELSE ((num_nulls(station, observed_at) = 0) AND (num_nonnulls(ev_id, report_no) = 0))
END),
    CONSTRAINT metar_flight_category_check CHECK ((flight_category = ANY (ARRAY['VFR'::text, 'MVFR'::text, 'IFR'::text, 'LIFR'::text]))),
    CONSTRAINT metar_kind_check CHECK ((kind = ANY (ARRAY['METAR'::text, 'SPECI'::text]))),
    CONSTRAINT metar_parsed_from_check CHECK ((parsed_from = ANY (ARRAY['report'::text, 'columns'::text]))),
    CONSTRAINT metar_source_check CHECK ((source = ANY (ARRAY['iem'::text, 'ntsb'::text]))),
    CONSTRAINT metar_visibility_bound_check CHECK ((visibility_bound = ANY (ARRAY['below'::text, 'above'::text])))
);
COMMENT ON TABLE ntsb.metar IS 'Weather observations (METAR, SPECI), one row each. What a report does not state is null. ntsb.event_weather has the observations of each event';
COMMENT ON COLUMN ntsb.metar.metar_id IS 'Surrogate key';
COMMENT ON COLUMN ntsb.metar.source IS 'iem: loaded with `ntsb load-metar`; ntsb: ntsb.events.metar';
COMMENT ON COLUMN ntsb.metar.ev_id IS 'Of source ntsb: the event';
COMMENT ON COLUMN ntsb.metar.report_no IS 'Of source ntsb: position of the report in the text, from 1';
COMMENT ON COLUMN ntsb.metar.station IS 'Station, see ntsb.weather_station; of source ntsb wx_obs_fac_id if the report has none, null if that is missing too';
COMMENT ON COLUMN ntsb.metar.observed_at IS 'Time of the observation. Of source ntsb: the day and time of the report in the month nearest to the event; null if the report has no time or is more than three days from the event';
COMMENT ON COLUMN ntsb.metar.kind IS 'METAR routine, SPECI special report';
COMMENT ON COLUMN ntsb.metar.parsed_from IS 'report: values are parsed from raw; columns: the file has no report, values are from its columns';
COMMENT ON COLUMN ntsb.metar.is_auto IS 'AUTO: automatic station without human additions; null if there is no report';
COMMENT ON COLUMN ntsb.metar.is_corrected IS 'COR: corrected report; null if there is no report';
COMMENT ON COLUMN ntsb.metar.wind_dir_deg IS 'Direction from which the wind blows, degrees true, 1 to 360; null if calm, variable or missing';
COMMENT ON COLUMN ntsb.metar.is_wind_variable IS 'VRB: direction is variable';
COMMENT ON COLUMN ntsb.metar.wind_from_deg IS 'Start of the range of a variable direction, clockwise, in degrees';
COMMENT ON COLUMN ntsb.metar.wind_to_deg IS 'End of the range of a variable direction in degrees';
COMMENT ON COLUMN ntsb.metar.wind_kt IS 'Wind speed in knots; 0 is calm';
COMMENT ON COLUMN ntsb.metar.gust_kt IS 'Gust speed in knots; null if no gust is reported';
COMMENT ON COLUMN ntsb.metar.visibility_sm IS 'Prevailing visibility in statute miles';
COMMENT ON COLUMN ntsb.metar.visibility_bound IS 'below: less than visibility_sm (M1/4SM); above: that or more (P6SM, 9999, CAVOK); null: as stated';
COMMENT ON COLUMN ntsb.metar.is_cavok IS 'CAVOK: visibility of 10 km or more, no cloud below 5,000 ft, no significant weather';
COMMENT ON COLUMN ntsb.metar.rvr IS 'Runway visual ranges: array of {runway, ft, bound, max_ft, max_bound, trend}';
COMMENT ON COLUMN ntsb.metar.weather IS 'Present weather, as coded: -RA, +TSRA, VCSH';
COMMENT ON COLUMN ntsb.metar.clouds IS 'Cloud layers: array of {cover, ft, type}; cover FEW, SCT, BKN, OVC, or CLR, SKC, NSC, NCD; ft above ground; type CB or TCU';
COMMENT ON COLUMN ntsb.metar.vertical_visibility_ft IS 'Vertical visibility into an obscured sky in feet';
COMMENT ON COLUMN ntsb.metar.has_ceiling IS 'Whether the sky is broken, overcast or obscured; null if the sky condition is missing';
COMMENT ON COLUMN ntsb.metar.ceiling_ft IS 'Lowest broken or overcast layer or vertical visibility, feet above ground; null if there is no ceiling or its height is missing';
COMMENT ON COLUMN ntsb.metar.temp_c IS 'Temperature in degrees Celsius; in tenths if the remarks have a T group';
COMMENT ON COLUMN ntsb.metar.dew_point_c IS 'Dew point in degrees Celsius; in tenths if the remarks have a T group';
COMMENT ON COLUMN ntsb.metar.altimeter_inhg IS 'Altimeter setting in inches of mercury, converted if the report has hectopascals';
COMMENT ON COLUMN ntsb.metar.altimeter_hpa IS 'Altimeter setting (QNH) in hectopascals, converted if the report has inches';
COMMENT ON COLUMN ntsb.metar.flight_category IS 'VFR, MVFR, IFR or LIFR, see ntsb_flight_category; null if ceiling and visibility do not decide';
COMMENT ON COLUMN ntsb.metar.remarks IS 'Text after RMK, in capital letters';
COMMENT ON COLUMN ntsb.metar.unparsed IS 'Groups that are not understood';
COMMENT ON COLUMN ntsb.metar.raw IS 'The report in capital letters with single spaces; null if the file has none';
COMMENT ON COLUMN ntsb.metar.loaded_at IS 'When the row was stored or last changed';
CREATE TABLE ntsb.weather_station (
    station text NOT NULL,
    lat double precision,
    lon double precision,
    coord_source text,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    CONSTRAINT weather_station_check CHECK ((num_nulls(lat, lon, coord_source) = ANY (ARRAY[0, 3]))),
    CONSTRAINT weather_station_coord_source_check CHECK ((coord_source = ANY (ARRAY['file'::text, 'airport'::text]))),
    CONSTRAINT weather_station_lat_check CHECK (((lat >= ('-90'::integer)::double precision) AND (lat <= (90)::double precision))),
    CONSTRAINT weather_station_lon_check CHECK (((lon >= ('-180'::integer)::double precision) AND (lon <= (180)::double precision)))
);
COMMENT ON TABLE ntsb.weather_station IS 'Stations of ntsb.metar, with their coordinates where known';
COMMENT ON COLUMN ntsb.weather_station.station IS 'ICAO code, or the identifier of the file if no report has one';
COMMENT ON COLUMN ntsb.weather_station.lat IS 'Latitude in degrees north, WGS 84; null if unknown';
COMMENT ON COLUMN ntsb.weather_station.lon IS 'Longitude in degrees east, WGS 84; null if unknown';
COMMENT ON COLUMN ntsb.weather_station.coord_source IS 'file: columns lat and lon of the file; airport: airport with this identifier in ntsb.airport';
COMMENT ON COLUMN ntsb.weather_station.geog IS 'lat and lon as a PostGIS point';
CREATE VIEW ntsb.event_weather AS
 SELECT f.ev_id,
    f.ev_year,
    f.ev_state,
    f.occurred_at,
    f.wx_cond_basic,
    m.source,
    m.station,
    m.kind,
    m.observed_at,
    (round((o.km)::numeric, 1))::double precision AS distance_km,
    (round((EXTRACT(epoch FROM (f.occurred_at - m.observed_at)) / (60)::numeric), 1))::double precision AS age_minutes,
    m.flight_category,
    m.has_ceiling,
    m.ceiling_ft,
    m.visibility_sm,
    m.visibility_bound,
    m.wind_dir_deg,
    m.is_wind_variable,
    m.wind_kt,
    m.gust_kt,
    m.temp_c,
    m.dew_point_c,
    m.altimeter_inhg,
    m.weather,
    m.parsed_from,
    m.raw,
    m.metar_id
   FROM ((ntsb.fact_accidents f
     CROSS JOIN LATERAL (( SELECT l.metar_id,
            s.km
           FROM (( SELECT w.station,
                    (public.st_distance(w.geog, f.geog) / (1000)::double precision) AS km
                   FROM ntsb.weather_station w
                  WHERE public.st_dwithin(w.geog, f.geog, (50000)::double precision)) s
             CROSS JOIN LATERAL ( SELECT x.metar_id
                   FROM ntsb.metar x
                  WHERE ((x.source = 'iem'::text) AND (x.station = s.station) AND ((x.observed_at >= (f.occurred_at - '01:30:00'::interval)) AND (x.observed_at <= f.occurred_at)))
                  ORDER BY x.observed_at DESC, x.kind DESC
                 LIMIT 1) l)
          ORDER BY s.km, s.station
         LIMIT 1)
        UNION ALL
        ( SELECT x.metar_id,
            d.km
           FROM ((ntsb.metar x
             LEFT JOIN ntsb.weather_station w ON ((w.station = x.station)))
             CROSS JOIN LATERAL ( SELECT (public.st_distance(w.geog, f.geog) / (1000)::double precision) AS km) d)
          WHERE ((x.source = 'ntsb'::text) AND (x.ev_id = f.ev_id) AND ((x.observed_at >= (f.occurred_at - '01:30:00'::interval)) AND (x.observed_at <= f.occurred_at)) AND ((d.km IS NULL) OR (d.km <= (50)::double precision)))
          ORDER BY x.observed_at DESC, x.report_no DESC
         LIMIT 1)) o)
     JOIN ntsb.metar m ON ((m.metar_id = o.metar_id)))
  WHERE ((f.occurred_at IS NOT NULL) AND (f.geog IS NOT NULL));
COMMENT ON VIEW ntsb.event_weather IS 'Observations at each event: of source iem the latest one of the nearest station within 50 km that reported in the 90 minutes before the event; of source ntsb NTSB''s own report within the same limits. No row if the time or the place of the event is unknown';
COMMENT ON COLUMN ntsb.event_weather.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.event_weather.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.event_weather.ev_state IS 'State of the event';
COMMENT ON COLUMN ntsb.event_weather.occurred_at IS 'Time of the event';
COMMENT ON COLUMN ntsb.event_weather.wx_cond_basic IS 'Weather conditions as NTSB reports them: VMC or IMC';
COMMENT ON COLUMN ntsb.event_weather.source IS 'iem: loaded observation; ntsb: NTSB''s own report';
COMMENT ON COLUMN ntsb.event_weather.station IS 'Station';
COMMENT ON COLUMN ntsb.event_weather.kind IS 'METAR or SPECI';
COMMENT ON COLUMN ntsb.event_weather.observed_at IS 'Time of the observation';
COMMENT ON COLUMN ntsb.event_weather.distance_km IS 'Distance from the event to the station in kilometres on the spheroid; null if the station of NTSB''s report has no coordinates';
COMMENT ON COLUMN ntsb.event_weather.age_minutes IS 'Minutes from the observation to the event';
COMMENT ON COLUMN ntsb.event_weather.flight_category IS 'VFR, MVFR, IFR or LIFR';
COMMENT ON COLUMN ntsb.event_weather.has_ceiling IS 'Whether there is a ceiling; null if the sky condition is missing';
COMMENT ON COLUMN ntsb.event_weather.ceiling_ft IS 'Ceiling in feet above the station';
COMMENT ON COLUMN ntsb.event_weather.visibility_sm IS 'Visibility in statute miles';
COMMENT ON COLUMN ntsb.event_weather.visibility_bound IS 'below or above visibility_sm; null: as stated';
COMMENT ON COLUMN ntsb.event_weather.wind_dir_deg IS 'Wind direction in degrees true';
COMMENT ON COLUMN ntsb.event_weather.is_wind_variable IS 'Whether the direction is variable';
COMMENT ON COLUMN ntsb.event_weather.wind_kt IS 'Wind speed in knots';
COMMENT ON COLUMN ntsb.event_weather.gust_kt IS 'Gust speed in knots';
COMMENT ON COLUMN ntsb.event_weather.temp_c IS 'Temperature in degrees Celsius';
COMMENT ON COLUMN ntsb.event_weather.dew_point_c IS 'Dew point in degrees Celsius';
COMMENT ON COLUMN ntsb.event_weather.altimeter_inhg IS 'Altimeter setting in inches of mercury';
COMMENT ON COLUMN ntsb.event_weather.weather IS 'Present weather, as coded';
COMMENT ON COLUMN ntsb.event_weather.parsed_from IS 'report or columns, see ntsb.metar';
COMMENT ON COLUMN ntsb.event_weather.raw IS 'The report';
COMMENT ON COLUMN ntsb.event_weather.metar_id IS 'Row of ntsb.metar';
CREATE TABLE ntsb.events_1960s (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
);
COMMENT ON TABLE ntsb.events_1960s IS 'Partition of ntsb.events: 1960s';
CREATE TABLE ntsb.events_1970s (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
);
COMMENT ON TABLE ntsb.events_1970s IS 'Partition of ntsb.events: 1970s';
CREATE TABLE ntsb.events_1980s (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
);
COMMENT ON TABLE ntsb.events_1980s IS 'Partition of ntsb.events: 1980s';
CREATE TABLE ntsb.events_1990s (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
);
COMMENT ON TABLE ntsb.events_1990s IS 'Partition of ntsb.events: 1990s';
CREATE TABLE ntsb.events_2000s (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
);
COMMENT ON TABLE ntsb.events_2000s IS 'Partition of ntsb.events: 2000s';
CREATE TABLE ntsb.events_2010s (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
);
COMMENT ON TABLE ntsb.events_2010s IS 'Partition of ntsb.events: 2010s';
CREATE TABLE ntsb.events_2020s (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
);
COMMENT ON TABLE ntsb.events_2020s IS 'Partition of ntsb.events: 2020s';
CREATE TABLE ntsb.events_other (
    ev_id text NOT NULL,
    ntsb_no text,
    ev_type text,
    ev_date date,
    ev_dow text,
    ev_time smallint,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year smallint NOT NULL,
    ev_month smallint,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist real,
    apt_dir smallint,
    apt_elev smallint,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time smallint,
    wx_obs_dir smallint,
    wx_obs_fac_id text,
    wx_obs_elev integer,
    wx_obs_dist smallint,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht integer,
    sky_ceil_ht integer,
    sky_cond_ceil text,
    vis_rvr real,
    vis_rvv smallint,
    vis_sm real,
    wx_temp smallint,
    wx_dew_pt smallint,
    wind_dir_deg smallint,
    wind_dir_ind text,
    wind_vel_kts smallint,
    wind_vel_ind text,
    gust_ind text,
    gust_kts smallint,
    altimeter real,
    wx_dens_alt integer,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd smallint,
    inj_m_grnd smallint,
    inj_s_grnd smallint,
    inj_tot_f smallint,
    inj_tot_m smallint,
    inj_tot_n smallint,
    inj_tot_s smallint,
    inj_tot_t smallint,
    invest_agy text,
    ntsb_docket integer,
    ntsb_notf_from text,
    ntsb_notf_date date,
    ntsb_notf_tm smallint,
    fiche_number text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude double precision,
    dec_longitude double precision,
    lat double precision,
    lon double precision,
    coord_source text NOT NULL,
    wx_temp_c real,
    wx_dew_pt_c real,
    geog public.geography(Point,4326) GENERATED ALWAYS AS (public.geography(public.st_setsrid(public.st_makepoint(lon, lat), 4326))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint,
    CONSTRAINT events_coord_source CHECK ((coord_source = ANY (ARRAY['dec'::text, 'dms'::text, 'dms_repaired'::text, 'airport'::text, 'none'::text]))),
    CONSTRAINT events_coordinates_paired CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT events_year_of_date CHECK (((ev_date IS NULL) OR ((ev_year)::numeric = EXTRACT(year FROM ev_date))))
);
COMMENT ON TABLE ntsb.events_other IS 'Partition of ntsb.events: other';
CREATE TABLE ntsb.events_sequence (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    occurrence_no integer NOT NULL,
    occurrence_code text,
    occurrence_description text,
    phase_no text,
    eventsoe_no text,
    defining_ev boolean,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.events_sequence IS 'Occurrences in order since 2008: phase of flight and what happened';
COMMENT ON COLUMN ntsb.events_sequence.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.events_sequence.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.events_sequence.occurrence_no IS 'Order of the occurrence within the aircraft, from 1';
COMMENT ON COLUMN ntsb.events_sequence.occurrence_code IS 'Six digits as text: phase (3) and event (3), such as 552230';
COMMENT ON COLUMN ntsb.events_sequence.occurrence_description IS 'Phase and event in words';
COMMENT ON COLUMN ntsb.events_sequence.phase_no IS 'Phase of flight, first three digits of occurrence_code';
COMMENT ON COLUMN ntsb.events_sequence.eventsoe_no IS 'Event, last three digits of occurrence_code';
COMMENT ON COLUMN ntsb.events_sequence.defining_ev IS 'The occurrence that defines the accident, normally one per aircraft; not a statement of cause';
COMMENT ON COLUMN ntsb.events_sequence.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.events_sequence.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.events_sequence.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.events_sequence.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.events_sequence.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.events_sequence.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.events_sequence.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
ALTER TABLE ntsb.exposure_hours ALTER COLUMN exposure_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.exposure_hours_exposure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ntsb.fact_accidents ALTER COLUMN accident_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ntsb.fact_accidents_accident_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.feature (
    name text NOT NULL,
    "position" smallint NOT NULL,
    source text NOT NULL,
    kind text NOT NULL,
    stage text NOT NULL,
    description text NOT NULL,
    CONSTRAINT feature_kind_check CHECK ((kind = ANY (ARRAY['number'::text, 'code'::text, 'late_code'::text, 'type'::text, 'date'::text, 'clock'::text, 'derived'::text]))),
    CONSTRAINT feature_stage_check CHECK ((stage = ANY (ARRAY['pre_event'::text, 'scene'::text])))
);
COMMENT ON TABLE ntsb.feature IS 'Catalogue of features; ntsb_create_warehouse updates it to the version of the extension';
COMMENT ON COLUMN ntsb.feature.name IS 'Name of the feature; a column of ntsb.accident_features unless kind is derived';
COMMENT ON COLUMN ntsb.feature."position" IS 'Position in the catalogue';
COMMENT ON COLUMN ntsb.feature.source IS 'Source columns, or the formula';
COMMENT ON COLUMN ntsb.feature.kind IS 'number; code; late_code: a code in a column that NTSB fills late, null is replaced by the most frequent code; type: maker or model of aircraft; derived: computed from other columns; date and clock: only inputs of derived features';
COMMENT ON COLUMN ntsb.feature.stage IS 'pre_event: known before the event; scene: known at the scene, used only by models with feature set scene';
COMMENT ON COLUMN ntsb.feature.description IS 'Meaning of the feature';
CREATE TABLE ntsb.findings (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    finding_no integer NOT NULL,
    finding_code text,
    finding_description text,
    category_no text,
    subcategory_no text,
    section_no text,
    subsection_no text,
    modifier_no text,
    cause_factor text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    cm_inpc text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.findings IS 'Findings since 2008; coded with a delay: 90 % of events of 2008 have some, 70 % of 2021 to 2023, 23 % of 2025';
COMMENT ON COLUMN ntsb.findings.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.findings.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.findings.finding_no IS 'Number of the finding within the aircraft';
COMMENT ON COLUMN ntsb.findings.finding_code IS 'Ten digits as text with leading zeros: category, subcategory, section, subsection, modifier, two each';
COMMENT ON COLUMN ntsb.findings.finding_description IS 'The finding in words, its levels joined by hyphens; may end in - C or - F';
COMMENT ON COLUMN ntsb.findings.category_no IS '01 aircraft, 02 personnel, 03 environment, 04 organization, 05 not determined; text';
COMMENT ON COLUMN ntsb.findings.subcategory_no IS 'Digits 3 and 4 of finding_code; text with leading zeros';
COMMENT ON COLUMN ntsb.findings.section_no IS 'Digits 5 and 6 of finding_code; text with leading zeros';
COMMENT ON COLUMN ntsb.findings.subsection_no IS 'Digits 7 and 8 of finding_code; text with leading zeros';
COMMENT ON COLUMN ntsb.findings.modifier_no IS 'Digits 9 and 10 of finding_code: 01 failure, 07 design, 00 unknown...; text with leading zeros';
COMMENT ON COLUMN ntsb.findings.cause_factor IS 'C cause, F factor; null is neither; not filled since 2020-10, see cm_inpc';
COMMENT ON COLUMN ntsb.findings.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.findings.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.findings.cm_inpc IS 'In the probable cause: T, F; since 2024-03 in place of cause_factor, also filled in older rows (T where C or F); not in Pre2008.mdb';
COMMENT ON COLUMN ntsb.findings.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.findings.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.findings.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.findings.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.findings.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE VIEW ntsb.index_usage AS
 SELECT (s.relname)::text AS table_name,
    (s.indexrelname)::text AS index_name,
    i.indisunique AS is_unique,
    i.indisvalid AS is_valid,
    s.idx_scan AS scans,
    s.idx_tup_read AS entries_read,
    pg_relation_size((s.indexrelid)::regclass) AS bytes,
    ((s.idx_scan = 0) AND (NOT i.indisunique)) AS unused,
    pg_get_indexdef(s.indexrelid) AS definition
   FROM (pg_stat_user_indexes s
     JOIN pg_index i USING (indexrelid))
  WHERE (s.schemaname = 'ntsb'::name);
COMMENT ON VIEW ntsb.index_usage IS 'Indexes of schema ntsb: size, and usage since the statistics were reset (pg_stat_reset)';
COMMENT ON COLUMN ntsb.index_usage.is_unique IS 'Enforces uniqueness, so it is needed even if no query uses it';
COMMENT ON COLUMN ntsb.index_usage.is_valid IS 'False after a failed rebuild; CALL ntsb_maintain() rebuilds it';
COMMENT ON COLUMN ntsb.index_usage.scans IS 'Number of scans by queries';
COMMENT ON COLUMN ntsb.index_usage.entries_read IS 'Index entries returned by those scans';
COMMENT ON COLUMN ntsb.index_usage.bytes IS 'Size in bytes';
COMMENT ON COLUMN ntsb.index_usage.unused IS 'No query has used it and it enforces no uniqueness';
CREATE TABLE ntsb.injury (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    inj_person_category text NOT NULL,
    injury_level text NOT NULL,
    inj_person_count smallint,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.injury IS 'People aboard by role and injury; contains subtotals (role ABRD, level TOTL), so do not sum all rows';
COMMENT ON COLUMN ntsb.injury.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.injury.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.injury.inj_person_category IS 'PLT, CPLT, FENG, FLTI, DSTU, KPLT, OCRW other crew, CABN, PAX, LAPC lap child; ABRD is everyone aboard, a subtotal';
COMMENT ON COLUMN ntsb.injury.injury_level IS 'FATL, SERS, MINR, NONE; TOTL is a subtotal over the levels';
COMMENT ON COLUMN ntsb.injury.inj_person_count IS 'People of that role with that injury; exclude ABRD and TOTL before summing';
COMMENT ON COLUMN ntsb.injury.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.injury.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.injury.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.injury.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.injury.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.injury.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.injury.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.task_run (
    task_run_id integer NOT NULL,
    run_id bigint NOT NULL,
    task text NOT NULL,
    "position" integer NOT NULL,
    depends_on text[] NOT NULL,
    command text NOT NULL,
    max_attempts integer NOT NULL,
    backoff interval NOT NULL,
    timeout interval NOT NULL,
    lock_timeout interval NOT NULL,
    sla interval,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    rows bigint,
    sqlstate text,
    error text,
    failures jsonb DEFAULT '[]'::jsonb NOT NULL,
    pid integer,
    late_at timestamp with time zone,
    CONSTRAINT task_run_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'skipped'::text])))
);
COMMENT ON TABLE ntsb.task_run IS 'Tasks of each run, as they were defined when the run started, with the outcome of the last attempt';
COMMENT ON COLUMN ntsb.task_run.task_run_id IS 'Number of the task in this run';
COMMENT ON COLUMN ntsb.task_run.run_id IS 'Run in ntsb.dag_run';
COMMENT ON COLUMN ntsb.task_run.task IS 'Name of the task, as in ntsb.dag_task';
COMMENT ON COLUMN ntsb.task_run."position" IS 'Place in the definition, from 1';
COMMENT ON COLUMN ntsb.task_run.depends_on IS 'Tasks of the run that must succeed before this one starts';
COMMENT ON COLUMN ntsb.task_run.command IS 'SQL statement';
COMMENT ON COLUMN ntsb.task_run.max_attempts IS 'How often the task is tried';
COMMENT ON COLUMN ntsb.task_run.backoff IS 'Pause after the first failed attempt; it doubles with each further one, up to one day';
COMMENT ON COLUMN ntsb.task_run.timeout IS 'Time limit of one attempt';
COMMENT ON COLUMN ntsb.task_run.lock_timeout IS 'Time limit to wait for one lock';
COMMENT ON COLUMN ntsb.task_run.sla IS 'The task must finish within this time after its run was due; null: no limit';
COMMENT ON COLUMN ntsb.task_run.state IS 'waiting (for other tasks, or for the next attempt), running, succeeded, failed (after the last attempt) or skipped (a task that it depends on failed, or the run was cancelled)';
COMMENT ON COLUMN ntsb.task_run.attempts IS 'Attempts that have started';
COMMENT ON COLUMN ntsb.task_run.next_attempt_at IS 'When a failed task is tried again; null if it is not';
COMMENT ON COLUMN ntsb.task_run.started_at IS 'When the last attempt started';
COMMENT ON COLUMN ntsb.task_run.finished_at IS 'When the last attempt finished, or the task was skipped';
COMMENT ON COLUMN ntsb.task_run.rows IS 'Rows that the command changed or returned, or the value if it returned a single integer; null if it is not known, as for CALL';
COMMENT ON COLUMN ntsb.task_run.sqlstate IS 'SQLSTATE of the last failed attempt; null if the last attempt succeeded';
COMMENT ON COLUMN ntsb.task_run.error IS 'Message of the last failed attempt; null if the last attempt succeeded';
COMMENT ON COLUMN ntsb.task_run.failures IS 'All failed attempts, oldest first: array of objects with attempt, started_at, finished_at, sqlstate, error, detail and hint';
COMMENT ON COLUMN ntsb.task_run.pid IS 'Process of the server that runs or ran the last attempt';
COMMENT ON COLUMN ntsb.task_run.late_at IS 'When an alert said that the task is late; null if none did';
CREATE VIEW ntsb.job_status AS
 SELECT d.dag,
    d.description,
    d.schedule,
    d.is_enabled,
    r.run_id AS last_run_id,
    r.state AS status,
    r.started_at AS last_started_at,
    r.finished_at AS last_finished_at,
    (COALESCE(r.finished_at,
        CASE r.state
            WHEN 'running'::text THEN now()
            ELSE NULL::timestamp with time zone
        END) - r.started_at) AS duration,
    t.rows,
    t.error,
    ( SELECT max(s.finished_at) AS max
           FROM ntsb.dag_run s
          WHERE ((s.dag = d.dag) AND (s.state = 'succeeded'::text))) AS last_succeeded_at,
    d.next_due_at,
        CASE
            WHEN (NOT d.is_enabled) THEN false
            WHEN (EXISTS ( SELECT
               FROM ntsb.dag_run u
              WHERE ((u.dag = d.dag) AND (u.state = ANY (ARRAY['queued'::text, 'running'::text])) AND ((u.due_at + d.sla) < now())))) THEN true
            WHEN (EXISTS ( SELECT
               FROM (ntsb.dag_run u
                 JOIN ntsb.task_run w USING (run_id))
              WHERE ((u.dag = d.dag) AND (u.state = 'running'::text) AND (w.state = ANY (ARRAY['waiting'::text, 'running'::text])) AND ((u.due_at + w.sla) < now())))) THEN true
            ELSE COALESCE(((d.next_due_at + d.sla) < now()), false)
        END AS is_late
   FROM ((ntsb.dag d
     LEFT JOIN LATERAL ( SELECT l.run_id,
            l.dag,
            l.started_by,
            l.requested_by,
            l.due_at,
            l.state,
            l.started_at,
            l.finished_at,
            l.late_at
           FROM ntsb.dag_run l
          WHERE (l.dag = d.dag)
          ORDER BY l.run_id DESC
         LIMIT 1) r ON (true))
     LEFT JOIN LATERAL ( SELECT (sum(w.rows))::bigint AS rows,
            string_agg(format('%s: %s (SQLSTATE %s)'::text, w.task, w.error, w.sqlstate), '; '::text ORDER BY w."position") FILTER (WHERE (w.error IS NOT NULL)) AS error
           FROM ntsb.task_run w
          WHERE (w.run_id = r.run_id)) t ON (true));
COMMENT ON VIEW ntsb.job_status IS 'Each pipeline with its last run, its next run, and whether it is late';
COMMENT ON COLUMN ntsb.job_status.dag IS 'Pipeline in ntsb.dag';
COMMENT ON COLUMN ntsb.job_status.description IS 'What the pipeline does';
COMMENT ON COLUMN ntsb.job_status.schedule IS 'Cron expression of five fields in GMT; null: runs on request only';
COMMENT ON COLUMN ntsb.job_status.is_enabled IS 'False: the pipeline is paused';
COMMENT ON COLUMN ntsb.job_status.last_run_id IS 'Last run in ntsb.dag_run; null if there is none. The columns up to error are about it';
COMMENT ON COLUMN ntsb.job_status.status IS 'queued, running, succeeded, failed or cancelled; null if there is no run';
COMMENT ON COLUMN ntsb.job_status.last_started_at IS 'When the last run started';
COMMENT ON COLUMN ntsb.job_status.last_finished_at IS 'When the last run finished; null while it is not finished';
COMMENT ON COLUMN ntsb.job_status.duration IS 'How long the last run took, or has been running';
COMMENT ON COLUMN ntsb.job_status.rows IS 'Rows of all tasks of the last run; null if no task reported any';
COMMENT ON COLUMN ntsb.job_status.error IS 'Errors of the last run: task, message and SQLSTATE; null if there are none';
COMMENT ON COLUMN ntsb.job_status.last_succeeded_at IS 'When a run last succeeded; null if none did';
COMMENT ON COLUMN ntsb.job_status.next_due_at IS 'When the next scheduled run is due; null if there is no schedule';
COMMENT ON COLUMN ntsb.job_status.is_late IS 'Whether a run or a task is unfinished, or a scheduled run has not started, longer than its SLA allows after it was due';
CREATE TABLE ntsb.legacy_cause (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    cause_no smallint NOT NULL,
    code_p text,
    code_m text,
    code_s text,
    text_p text,
    text_s text,
    lchg_date timestamp(0) without time zone,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.legacy_cause IS 'Causes and factors of 1962 to 1981 in legacy codes, up to ten per aircraft; not comparable with seq_of_events or findings';
COMMENT ON COLUMN ntsb.legacy_cause.ev_id IS 'Event; derived from the date of the event, the letter L and recnum';
COMMENT ON COLUMN ntsb.legacy_cause.aircraft_key IS 'Aircraft within the event; always 1, because each aircraft has its own record';
COMMENT ON COLUMN ntsb.legacy_cause.cause_no IS 'Order of the cause in the record, 1 to 10';
COMMENT ON COLUMN ntsb.legacy_cause.code_p IS 'Part P of the legacy code: the subject, such as 64 for the pilot in command';
COMMENT ON COLUMN ntsb.legacy_cause.code_m IS 'Part M of the legacy code; not mapped';
COMMENT ON COLUMN ntsb.legacy_cause.code_s IS 'Part S of the legacy code: the action or condition of the subject';
COMMENT ON COLUMN ntsb.legacy_cause.text_p IS 'Text of part P in ct_pre1982; null if it has none';
COMMENT ON COLUMN ntsb.legacy_cause.text_s IS 'Text of parts P and S combined in ct_pre1982; null if it has none';
COMMENT ON COLUMN ntsb.legacy_cause.lchg_date IS 'When NTSB last changed this row; not in PRE1982.MDB';
COMMENT ON COLUMN ntsb.legacy_cause.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.legacy_cause.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.legacy_cause.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.legacy_cause.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.legacy_cause.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.legacy_event (
    ev_id text NOT NULL,
    recnum text,
    trans_date text,
    docket_no text,
    locat_near text,
    location text,
    second_acft_regno text,
    acc_inc_class text,
    locat_state_terr text,
    acft_make_code text,
    acft_model_code text,
    engin_make text,
    engin_model text,
    type_craft text,
    landing_gear text,
    wgt_cat text,
    no_engines text,
    type_power text,
    acft_adamg text,
    fire_aftr_impt text,
    fuel_type text,
    type_operator text,
    kind_fly_gena text,
    name_comm_carr text,
    operation_type text,
    accident_type1 text,
    operation_phase1 text,
    accident_type2 text,
    operation_phase2 text,
    alt_of_occ text,
    recv_alt text,
    aircraft_speed text,
    operator text,
    forced_landing text,
    emergency text,
    recov_loss text,
    oxy_systm text,
    paraachute text,
    light_cond text,
    type_weathr text,
    wethr_brief text,
    wethr_forcast text,
    flight_plan text,
    instrm_approh text,
    air_equt_inst_flt text,
    airpt_proix text,
    airpt_acc_dirt text,
    lat_dist text,
    airport_class text,
    elev_airpt text,
    runwy_comp text,
    runwy_cond text,
    runwy_lite text,
    runwy_hazz text,
    runwy_barr text,
    tower_unicom text,
    runway_ln text,
    depart_pt text,
    lastpln_depart text,
    inten_destin text,
    gndele_accsite text,
    terrain_typ text,
    miss_aircft text,
    airspace_seg text,
    pilot_involed1 text,
    pilot_involed2 text,
    hours_total_pilot1 text,
    hours_total_pilot2 text,
    hours_in_type_pilot1 text,
    hours_in_type_pilot2 text,
    age_pilot1 text,
    age_pilot2 text,
    medical_cert_pilot1 text,
    medical_cert_pilot2 text,
    rating_1 text,
    rating_2 text,
    rated_aircraft_1 text,
    rated_aircraft_2 text,
    certificate_pilot1 text,
    certificate_pilot2 text,
    occupation_1 text,
    occupation_2 text,
    at_controls text,
    injury_index text,
    pilot_unknown text,
    co_pilot_unknown text,
    dual_student_unknown text,
    hull_loss text,
    chk_pilot_unknown text,
    flt_engn_unknown text,
    navigtr_fatal text,
    navigtr_serious text,
    navigtr_minor text,
    navigtr_none text,
    navigtr_unknown text,
    navigtr_totals text,
    cabin_attn_unknown text,
    extra_crew_fatal text,
    extra_crew_serious text,
    extra_crew_minor text,
    extra_crew_none text,
    extra_crew_unknown text,
    extra_crew_totals text,
    passengers_unknown text,
    total_abrd_unknown text,
    other_airc_fatal text,
    other_airc_serious text,
    other_airc_minor text,
    other_airc_none text,
    other_airc_unknown text,
    other_airc_totals text,
    other_grnd_none text,
    other_grnd_unknown text,
    other_xxxx_totals text,
    bi_fligt_rev text,
    recency_expr text,
    comm_plt_prof text,
    runway_used text,
    grand_total_unknown text,
    grand_total_totals text,
    faa_persnl_fatal text,
    lchg_date timestamp(0) without time zone,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.legacy_event IS 'Records of 1962 to 1981 in their original coding, one row per event; all codes are legacy codes, see ct_pre1982';
COMMENT ON COLUMN ntsb.legacy_event.ev_id IS 'Event; derived from the date of the event, the letter L and recnum';
COMMENT ON COLUMN ntsb.legacy_event.recnum IS 'Number of the record in PRE1982.MDB';
COMMENT ON COLUMN ntsb.legacy_event.trans_date IS 'Date of the transaction that filed the record, as written';
COMMENT ON COLUMN ntsb.legacy_event.docket_no IS 'Docket: volume or year, then number, such as 1 0042; not an NTSB case number';
COMMENT ON COLUMN ntsb.legacy_event.locat_near IS 'Distance from the location; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.location IS 'Location as written, CITY,ST with old abbreviations; split into events.ev_city and ev_state';
COMMENT ON COLUMN ntsb.legacy_event.second_acft_regno IS 'Registration of the other aircraft of a collision, whose record is a separate event';
COMMENT ON COLUMN ntsb.legacy_event.acc_inc_class IS 'Class; A accident and I incident are mapped to events.ev_type, others are not';
COMMENT ON COLUMN ntsb.legacy_event.locat_state_terr IS 'State number; 01 to 51, 70 and above are mapped to events.ev_state, 52 and 60 to 64 only by the text of location';
COMMENT ON COLUMN ntsb.legacy_event.acft_make_code IS 'Aircraft manufacturer; code, not mapped (aircraft.acft_make contains the name)';
COMMENT ON COLUMN ntsb.legacy_event.acft_model_code IS 'Aircraft model; code, not mapped (aircraft.acft_model contains the name)';
COMMENT ON COLUMN ntsb.legacy_event.engin_make IS 'Engine manufacturer; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.engin_model IS 'Engine model; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.type_craft IS 'Kind of aircraft; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.landing_gear IS 'Landing gear; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.wgt_cat IS 'Weight class; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.no_engines IS 'Number of engines; a digit is mapped to aircraft.num_eng';
COMMENT ON COLUMN ntsb.legacy_event.type_power IS 'Kind of engine; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.acft_adamg IS 'Damage; D, S, M, N are mapped to aircraft.damage, Z is unknown';
COMMENT ON COLUMN ntsb.legacy_event.fire_aftr_impt IS 'Fire after impact; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.fuel_type IS 'Fuel; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.type_operator IS 'Kind of operator; code, not mapped (not a FAR part)';
COMMENT ON COLUMN ntsb.legacy_event.kind_fly_gena IS 'Kind of flying, general aviation; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.name_comm_carr IS 'Commercial carrier; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.operation_type IS 'Kind of operation; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.accident_type1 IS 'First type of accident; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.operation_phase1 IS 'Phase of operation of the first type; code, not mapped to phases since 1982';
COMMENT ON COLUMN ntsb.legacy_event.accident_type2 IS 'Second type of accident; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.operation_phase2 IS 'Phase of operation of the second type; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.alt_of_occ IS 'Altitude of the occurrence, as coded';
COMMENT ON COLUMN ntsb.legacy_event.recv_alt IS 'Altitude of recovery, as coded';
COMMENT ON COLUMN ntsb.legacy_event.aircraft_speed IS 'Speed of the aircraft, as coded';
COMMENT ON COLUMN ntsb.legacy_event.operator IS 'Operator, as coded';
COMMENT ON COLUMN ntsb.legacy_event.forced_landing IS 'Forced landing; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.emergency IS 'Emergency; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.recov_loss IS 'Recovery or loss; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.oxy_systm IS 'Oxygen system; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.paraachute IS 'Parachute (spelled so in the file); code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.light_cond IS 'Light; code, not mapped, A seems to be dawn, B day, C dusk, D to F night';
COMMENT ON COLUMN ntsb.legacy_event.type_weathr IS 'Weather conditions; code, not mapped, A seems to be visual, B instrument';
COMMENT ON COLUMN ntsb.legacy_event.wethr_brief IS 'Weather briefing; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.wethr_forcast IS 'Weather forecast; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.flight_plan IS 'Flight plan; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.instrm_approh IS 'Instrument approach; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.air_equt_inst_flt IS 'Aircraft equipped for instrument flight; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.airpt_proix IS 'Proximity of an airport; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.airpt_acc_dirt IS 'Direction from the airport, as coded';
COMMENT ON COLUMN ntsb.legacy_event.lat_dist IS 'Lateral distance, as coded';
COMMENT ON COLUMN ntsb.legacy_event.airport_class IS 'Class of airport; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.elev_airpt IS 'Airport elevation, as coded';
COMMENT ON COLUMN ntsb.legacy_event.runwy_comp IS 'Runway composition; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.runwy_cond IS 'Runway condition; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.runwy_lite IS 'Runway lights; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.runwy_hazz IS 'Runway hazards; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.runwy_barr IS 'Runway barrier; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.tower_unicom IS 'Tower or Unicom; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.runway_ln IS 'Runway length, as coded';
COMMENT ON COLUMN ntsb.legacy_event.depart_pt IS 'Point of departure, as written';
COMMENT ON COLUMN ntsb.legacy_event.lastpln_depart IS 'Last planned departure, as written';
COMMENT ON COLUMN ntsb.legacy_event.inten_destin IS 'Intended destination, as written';
COMMENT ON COLUMN ntsb.legacy_event.gndele_accsite IS 'Ground elevation of the site, as coded';
COMMENT ON COLUMN ntsb.legacy_event.terrain_typ IS 'Terrain; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.miss_aircft IS 'Missing aircraft; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.airspace_seg IS 'Airspace; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.pilot_involed1 IS 'Involvement of the first pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.pilot_involed2 IS 'Involvement of the second pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.hours_total_pilot1 IS 'Total hours of the first pilot with a letter for the pilot (11508A); its number is in flight_time';
COMMENT ON COLUMN ntsb.legacy_event.hours_total_pilot2 IS 'Total hours of the second pilot with a letter for the pilot (11508A); its number is in flight_time';
COMMENT ON COLUMN ntsb.legacy_event.hours_in_type_pilot1 IS 'Hours in type of the first pilot with a letter for the pilot; its number is in flight_time';
COMMENT ON COLUMN ntsb.legacy_event.hours_in_type_pilot2 IS 'Hours in type of the second pilot with a letter for the pilot; its number is in flight_time';
COMMENT ON COLUMN ntsb.legacy_event.age_pilot1 IS 'Age of the first pilot with a letter for the pilot (46A), ZA unknown; its number is in flight_crew';
COMMENT ON COLUMN ntsb.legacy_event.age_pilot2 IS 'Age of the second pilot with a letter for the pilot (46A), ZA unknown; its number is in flight_crew';
COMMENT ON COLUMN ntsb.legacy_event.medical_cert_pilot1 IS 'Medical certificate of the first pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.medical_cert_pilot2 IS 'Medical certificate of the second pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.rating_1 IS 'Ratings of the first pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.rating_2 IS 'Ratings of the second pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.rated_aircraft_1 IS 'Whether the first pilot was rated for the aircraft; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.rated_aircraft_2 IS 'Whether the second pilot was rated for the aircraft; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.certificate_pilot1 IS 'Certificate of the first pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.certificate_pilot2 IS 'Certificate of the second pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.occupation_1 IS 'Occupation of the first pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.occupation_2 IS 'Occupation of the second pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.at_controls IS 'Who was at the controls; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.injury_index IS 'Highest injury level; F, S, M, N are mapped to events.ev_highest_injury';
COMMENT ON COLUMN ntsb.legacy_event.pilot_unknown IS 'Pilots whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.co_pilot_unknown IS 'Copilots whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.dual_student_unknown IS 'Dual students whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.hull_loss IS 'Hull loss; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.chk_pilot_unknown IS 'Check pilots whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.flt_engn_unknown IS 'Flight engineers whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.navigtr_fatal IS 'Navigators killed, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.navigtr_serious IS 'Navigators seriously injured, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.navigtr_minor IS 'Navigators with minor injuries, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.navigtr_none IS 'Navigators uninjured, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.navigtr_unknown IS 'Navigators whose injury is unknown, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.navigtr_totals IS 'All navigators, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.cabin_attn_unknown IS 'Cabin attendants whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.extra_crew_fatal IS 'Extra crew killed, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.extra_crew_serious IS 'Extra crew seriously injured, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.extra_crew_minor IS 'Extra crew with minor injuries, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.extra_crew_none IS 'Extra crew uninjured, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.extra_crew_unknown IS 'Extra crew whose injury is unknown, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.extra_crew_totals IS 'All extra crew, a role without a code since 1982, as counted';
COMMENT ON COLUMN ntsb.legacy_event.passengers_unknown IS 'Passengers whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.total_abrd_unknown IS 'People aboard whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_airc_fatal IS 'People in other aircraft killed, who are counted with their own aircraft, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_airc_serious IS 'People in other aircraft seriously injured, who are counted with their own aircraft, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_airc_minor IS 'People in other aircraft with minor injuries, who are counted with their own aircraft, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_airc_none IS 'People in other aircraft uninjured, who are counted with their own aircraft, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_airc_unknown IS 'People in other aircraft whose injury is unknown, who are counted with their own aircraft, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_airc_totals IS 'All people in other aircraft, who are counted with their own aircraft, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_grnd_none IS 'People on the ground uninjured, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_grnd_unknown IS 'People on the ground whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.other_xxxx_totals IS 'All people on the ground (misnamed in the file), as counted';
COMMENT ON COLUMN ntsb.legacy_event.bi_fligt_rev IS 'Biennial flight review; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.recency_expr IS 'Recent experience; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.comm_plt_prof IS 'Proficiency of the commercial pilot; code, not mapped';
COMMENT ON COLUMN ntsb.legacy_event.runway_used IS 'Runway used, as coded';
COMMENT ON COLUMN ntsb.legacy_event.grand_total_unknown IS 'All people whose injury is unknown, as counted';
COMMENT ON COLUMN ntsb.legacy_event.grand_total_totals IS 'All people, as counted';
COMMENT ON COLUMN ntsb.legacy_event.faa_persnl_fatal IS 'FAA personnel killed, as counted';
COMMENT ON COLUMN ntsb.legacy_event.lchg_date IS 'When NTSB last changed this row; not in PRE1982.MDB';
COMMENT ON COLUMN ntsb.legacy_event.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.legacy_event.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.legacy_event.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.legacy_event.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.legacy_event.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.maintenance (
    object text NOT NULL,
    action text NOT NULL,
    done_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    took interval NOT NULL,
    bytes bigint NOT NULL,
    entries double precision NOT NULL,
    CONSTRAINT maintenance_action_check CHECK ((action = ANY (ARRAY['vacuum'::text, 'reindex'::text, 'measure'::text])))
);
COMMENT ON TABLE ntsb.maintenance IS 'Last maintenance of each table and index by CALL ntsb_maintain(), and the reason';
COMMENT ON COLUMN ntsb.maintenance.object IS 'Schema-qualified name of the table, materialized view or index';
COMMENT ON COLUMN ntsb.maintenance.action IS 'vacuum: VACUUM (ANALYZE); reindex: REINDEX CONCURRENTLY; measure: recorded the size of an index as the baseline for its growth';
COMMENT ON COLUMN ntsb.maintenance.bytes IS 'Size after the action, in bytes';
COMMENT ON COLUMN ntsb.maintenance.entries IS 'Rows or index entries after the action, as estimated by the planner';
CREATE MATERIALIZED VIEW ntsb.mv_map_cells AS
 SELECT (c.cell_row)::smallint AS cell_row,
    (c.cell_column)::smallint AS cell_column,
    avg(c.lat) AS lat,
    avg(c.lon) AS lon,
    (count(*))::integer AS events,
    (count(*) FILTER (WHERE (c.severity = 'FATL'::text)))::integer AS fatal_events,
    (sum(c.fatalities))::integer AS fatalities,
    (count(*) FILTER (WHERE ((c.severity = 'FATL'::text) AND (c.fatalities IS NULL))))::integer AS fatal_events_without_count
   FROM ( SELECT floor(((f.lat + (90)::double precision) * (4)::double precision)) AS cell_row,
            floor(((f.lon + (180)::double precision) * (4)::double precision)) AS cell_column,
            f.lat,
            f.lon,
            f.severity,
            f.fatalities
           FROM ntsb.fact_accidents f
          WHERE (((f.lat >= ('-90'::integer)::double precision) AND (f.lat <= (90)::double precision)) AND ((f.lon >= ('-180'::integer)::double precision) AND (f.lon <= (180)::double precision)))) c
  GROUP BY c.cell_row, c.cell_column
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_map_cells IS 'Events per cell of a quarter of a degree, for low-zoom map tiles (ntsb_tile)';
COMMENT ON COLUMN ntsb.mv_map_cells.cell_row IS 'Row of the cell: quarters of a degree north of the south pole';
COMMENT ON COLUMN ntsb.mv_map_cells.cell_column IS 'Column of the cell: quarters of a degree east of the antimeridian';
COMMENT ON COLUMN ntsb.mv_map_cells.lat IS 'Mean latitude of the events in degrees north';
COMMENT ON COLUMN ntsb.mv_map_cells.lon IS 'Mean longitude of the events in degrees east';
COMMENT ON COLUMN ntsb.mv_map_cells.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_map_cells.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_map_cells.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_map_cells.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE VIEW ntsb.map_cells AS
 SELECT mv_map_cells.cell_row,
    mv_map_cells.cell_column,
    mv_map_cells.lat,
    mv_map_cells.lon,
    mv_map_cells.events,
    mv_map_cells.fatal_events,
    mv_map_cells.fatalities,
    mv_map_cells.fatal_events_without_count
   FROM ntsb.mv_map_cells;
COMMENT ON VIEW ntsb.map_cells IS 'Events per cell of a quarter of a degree, for low-zoom map tiles (ntsb_tile)';
COMMENT ON COLUMN ntsb.map_cells.cell_row IS 'Row of the cell: quarters of a degree north of the south pole';
COMMENT ON COLUMN ntsb.map_cells.cell_column IS 'Column of the cell: quarters of a degree east of the antimeridian';
COMMENT ON COLUMN ntsb.map_cells.lat IS 'Mean latitude of the events in degrees north';
COMMENT ON COLUMN ntsb.map_cells.lon IS 'Mean longitude of the events in degrees east';
COMMENT ON COLUMN ntsb.map_cells.events IS 'Number of events';
COMMENT ON COLUMN ntsb.map_cells.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.map_cells.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.map_cells.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE TABLE ntsb.metar_file (
    digest text NOT NULL,
    name text NOT NULL,
    row_count bigint NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE ntsb.metar_file IS 'Files that `ntsb load-metar` has loaded. It skips a file with the same content';
COMMENT ON COLUMN ntsb.metar_file.digest IS 'SHA-256 of the file, hexadecimal';
COMMENT ON COLUMN ntsb.metar_file.name IS 'Name of the file';
COMMENT ON COLUMN ntsb.metar_file.row_count IS 'Rows in the file';
COMMENT ON COLUMN ntsb.metar_file.loaded_at IS 'When it was loaded last';
ALTER TABLE ntsb.metar ALTER COLUMN metar_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.metar_metar_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.model (
    model_id bigint NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    target text NOT NULL,
    feature_set text NOT NULL,
    algorithm text NOT NULL,
    stage text DEFAULT 'None'::text NOT NULL,
    parameters jsonb NOT NULL,
    metrics jsonb NOT NULL,
    features text[] NOT NULL,
    columns text[] NOT NULL,
    classes text[] NOT NULL,
    encoding jsonb NOT NULL,
    calibration jsonb NOT NULL,
    decide_at double precision NOT NULL,
    rounds integer NOT NULL,
    trained_from date NOT NULL,
    validated_from date NOT NULL,
    tested_from date NOT NULL,
    tested_to date NOT NULL,
    rows_trained bigint NOT NULL,
    rows_validated bigint NOT NULL,
    rows_tested bigint NOT NULL,
    data_digest bytea NOT NULL,
    artifact bytea NOT NULL,
    artifact_digest bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text DEFAULT SESSION_USER NOT NULL,
    stage_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    stage_changed_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT model_algorithm_check CHECK ((algorithm = ANY (ARRAY['xgboost'::text, 'random_forest'::text]))),
    CONSTRAINT model_artifact_digest CHECK ((sha256(artifact) = artifact_digest)),
    CONSTRAINT model_feature_set_check CHECK ((feature_set = ANY (ARRAY['pre_event'::text, 'scene'::text]))),
    CONSTRAINT model_name_check CHECK ((name <> ''::text)),
    CONSTRAINT model_stage_check CHECK ((stage = ANY (ARRAY['None'::text, 'Staging'::text, 'Production'::text, 'Archived'::text]))),
    CONSTRAINT model_target_check CHECK ((target = ANY (ARRAY['severity'::text, 'fatal'::text, 'cause_category'::text, 'cause_event'::text]))),
    CONSTRAINT model_version_check CHECK ((version > 0)),
    CONSTRAINT model_windows CHECK (((trained_from < validated_from) AND (validated_from < tested_from) AND (tested_from <= tested_to)))
);
ALTER TABLE ONLY ntsb.model ALTER COLUMN artifact SET STORAGE EXTERNAL;
COMMENT ON TABLE ntsb.model IS 'Trained models, immutable except for their stage. ntsb_train_model and ntsb_import_model add one, ntsb_promote_model changes its stage';
COMMENT ON COLUMN ntsb.model.model_id IS 'Number of the model';
COMMENT ON COLUMN ntsb.model.name IS 'Name given at training; models with the same name and target are versions';
COMMENT ON COLUMN ntsb.model.version IS 'Version among the models with the same name and target, from 1';
COMMENT ON COLUMN ntsb.model.target IS 'What the model predicts. severity: highest injury; fatal: fatal or not; cause_category: category of the first finding; cause_event: defining event in the codes used since 2008';
COMMENT ON COLUMN ntsb.model.feature_set IS 'pre_event: features known before the event; scene: also features known at the scene';
COMMENT ON COLUMN ntsb.model.algorithm IS 'xgboost: gradient-boosted trees; random_forest: XGBoost''s parallel trees';
COMMENT ON COLUMN ntsb.model.stage IS 'None, Staging, Production (one model per name and target) or Archived';
COMMENT ON COLUMN ntsb.model.parameters IS 'Training options, including defaults';
COMMENT ON COLUMN ntsb.model.metrics IS 'Metrics on the test set: overall, domestic, foreign, by year, and of the baselines';
COMMENT ON COLUMN ntsb.model.features IS 'Features of ntsb.feature that the model uses';
COMMENT ON COLUMN ntsb.model.columns IS 'Columns of the encoded features, in the order of the trees; a code feature has one column per class';
COMMENT ON COLUMN ntsb.model.classes IS 'Classes that the model predicts; of two classes, the trees give the probability of the second';
COMMENT ON COLUMN ntsb.model.encoding IS 'Parameters of the encoder, fitted on the training set';
COMMENT ON COLUMN ntsb.model.calibration IS 'Parameters of the calibration, fitted on the validation set';
COMMENT ON COLUMN ntsb.model.decide_at IS 'Minimum confidence for an answer, chosen so that 90 % of the answers on the validation set are correct (option decide_accuracy); above 1: never answers';
COMMENT ON COLUMN ntsb.model.rounds IS 'Boosting rounds kept';
COMMENT ON COLUMN ntsb.model.trained_from IS 'First day of the training set';
COMMENT ON COLUMN ntsb.model.validated_from IS 'First day of the validation set, which follows the training set';
COMMENT ON COLUMN ntsb.model.tested_from IS 'First day of the test set, which follows the validation set';
COMMENT ON COLUMN ntsb.model.tested_to IS 'Last day of the test set';
COMMENT ON COLUMN ntsb.model.rows_trained IS 'Events in the training set';
COMMENT ON COLUMN ntsb.model.rows_validated IS 'Events in the validation set';
COMMENT ON COLUMN ntsb.model.rows_tested IS 'Events in the test set';
COMMENT ON COLUMN ntsb.model.data_digest IS 'SHA-256 over the events, facts and labels of all sets: equal if the same data was read';
COMMENT ON COLUMN ntsb.model.artifact IS 'Trees in XGBoost''s UBJSON format; ntsb_export_model returns them, also as JSON';
COMMENT ON COLUMN ntsb.model.artifact_digest IS 'SHA-256 of artifact';
COMMENT ON COLUMN ntsb.model.created_at IS 'When the model was trained or imported';
COMMENT ON COLUMN ntsb.model.created_by IS 'Role that trained or imported it';
COMMENT ON COLUMN ntsb.model.stage_changed_at IS 'When the stage last changed';
COMMENT ON COLUMN ntsb.model.stage_changed_by IS 'Role that last changed the stage';
ALTER TABLE ntsb.model ALTER COLUMN model_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.model_model_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.predictions (
    ev_id text NOT NULL,
    model_id bigint NOT NULL,
    severity text NOT NULL,
    confidence double precision NOT NULL,
    probabilities jsonb NOT NULL,
    decided boolean NOT NULL,
    predicted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT predictions_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision)))
);
COMMENT ON TABLE ntsb.predictions IS 'Stored severity predictions, one per model and event; CALL ntsb_predict_pending() adds missing ones';
COMMENT ON COLUMN ntsb.predictions.ev_id IS 'Predicted event';
COMMENT ON COLUMN ntsb.predictions.model_id IS 'Model that made the prediction';
COMMENT ON COLUMN ntsb.predictions.severity IS 'Most likely highest injury: FATL, SERS, MINR or NONE';
COMMENT ON COLUMN ntsb.predictions.confidence IS 'Probability of severity, 0 to 1';
COMMENT ON COLUMN ntsb.predictions.probabilities IS 'Probability of each class, summing to 1';
COMMENT ON COLUMN ntsb.predictions.decided IS 'Whether the model is confident enough to answer';
COMMENT ON COLUMN ntsb.predictions.predicted_at IS 'When the prediction was made';
CREATE VIEW ntsb.model_performance AS
 SELECT (date_trunc('month'::text, (f.ev_date)::timestamp with time zone))::date AS month,
    m.model_id,
    m.name,
    m.version,
    count(*) AS predictions,
    count(f.severity) AS known,
    (avg(((p.severity = f.severity))::integer))::double precision AS accuracy,
    ((GREATEST(count(*) FILTER (WHERE (f.severity = 'FATL'::text)), count(*) FILTER (WHERE (f.severity = 'SERS'::text)), count(*) FILTER (WHERE (f.severity = 'MINR'::text)), count(*) FILTER (WHERE (f.severity = 'NONE'::text))))::double precision / (NULLIF(count(f.severity), 0))::double precision) AS majority_accuracy,
    avg(p.confidence) FILTER (WHERE (f.severity IS NOT NULL)) AS confidence,
    ((count(*) FILTER (WHERE (p.decided AND (f.severity IS NOT NULL))))::double precision / (NULLIF(count(f.severity), 0))::double precision) AS coverage,
    (avg(((p.severity = f.severity))::integer) FILTER (WHERE p.decided))::double precision AS decided_accuracy,
    avg((- ln(GREATEST(((p.probabilities ->> f.severity))::double precision, (0.000000000000001)::double precision)))) AS log_loss
   FROM ((ntsb.predictions p
     JOIN ntsb.model m USING (model_id))
     JOIN ntsb.fact_accidents f USING (ev_id))
  GROUP BY ((date_trunc('month'::text, (f.ev_date)::timestamp with time zone))::date), m.model_id, m.name, m.version;
COMMENT ON VIEW ntsb.model_performance IS 'Accuracy of the stored predictions of each model, by month of the event, against the severities known at the last refresh';
COMMENT ON COLUMN ntsb.model_performance.month IS 'First day of the month of the events';
COMMENT ON COLUMN ntsb.model_performance.model_id IS 'The model';
COMMENT ON COLUMN ntsb.model_performance.name IS 'Name of the model';
COMMENT ON COLUMN ntsb.model_performance.version IS 'Version of the model';
COMMENT ON COLUMN ntsb.model_performance.predictions IS 'Number of predicted events';
COMMENT ON COLUMN ntsb.model_performance.known IS 'Number of predicted events whose severity is known';
COMMENT ON COLUMN ntsb.model_performance.accuracy IS 'Share of the known events with a correct prediction';
COMMENT ON COLUMN ntsb.model_performance.majority_accuracy IS 'Share of the known events with the most frequent severity of that month';
COMMENT ON COLUMN ntsb.model_performance.confidence IS 'Mean confidence over the known events; close to accuracy if the model is well calibrated';
COMMENT ON COLUMN ntsb.model_performance.coverage IS 'Share of the known events for which the model was confident enough to answer';
COMMENT ON COLUMN ntsb.model_performance.decided_accuracy IS 'Share of those events with a correct prediction';
COMMENT ON COLUMN ntsb.model_performance.log_loss IS 'Mean negative natural logarithm of the predicted probability of the actual severity';
CREATE TABLE ntsb.model_run (
    run_id bigint NOT NULL,
    model_id bigint,
    name text NOT NULL,
    target text NOT NULL,
    feature_set text NOT NULL,
    options jsonb NOT NULL,
    state text NOT NULL,
    sqlstate text,
    message text,
    curve jsonb DEFAULT '[]'::jsonb NOT NULL,
    seconds jsonb DEFAULT '{}'::jsonb NOT NULL,
    memory_mb double precision,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT model_run_state_check CHECK ((state = ANY (ARRAY['done'::text, 'failed'::text])))
);
COMMENT ON TABLE ntsb.model_run IS 'Finished training runs, including failed ones. A cancelled run, or one in a rolled-back transaction, leaves no row';
COMMENT ON COLUMN ntsb.model_run.run_id IS 'Number of the run';
COMMENT ON COLUMN ntsb.model_run.model_id IS 'Trained model; null if the run failed';
COMMENT ON COLUMN ntsb.model_run.name IS 'Requested name of the model';
COMMENT ON COLUMN ntsb.model_run.target IS 'Requested target';
COMMENT ON COLUMN ntsb.model_run.feature_set IS 'Requested feature set';
COMMENT ON COLUMN ntsb.model_run.options IS 'Requested options';
COMMENT ON COLUMN ntsb.model_run.state IS 'done or failed';
COMMENT ON COLUMN ntsb.model_run.sqlstate IS 'SQLSTATE of the error; null if the run succeeded';
COMMENT ON COLUMN ntsb.model_run.message IS 'Message of the error; null if the run succeeded';
COMMENT ON COLUMN ntsb.model_run.curve IS 'Log loss after each round, as an array of [training, validation]';
COMMENT ON COLUMN ntsb.model_run.seconds IS 'Seconds per step: read, encode, train, baseline, judge (evaluation)';
COMMENT ON COLUMN ntsb.model_run.memory_mb IS 'Estimated memory in MiB';
COMMENT ON COLUMN ntsb.model_run.started_at IS 'Start of the run';
COMMENT ON COLUMN ntsb.model_run.finished_at IS 'End of the run';
COMMENT ON COLUMN ntsb.model_run.started_by IS 'Role that started the run';
ALTER TABLE ntsb.model_run ALTER COLUMN run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.model_run_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.monthly_report (
    month date NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    details jsonb NOT NULL,
    body text NOT NULL,
    CONSTRAINT monthly_report_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);
COMMENT ON TABLE ntsb.monthly_report IS 'Monthly reports; ntsb_create_report writes them';
COMMENT ON COLUMN ntsb.monthly_report.month IS 'First day of the reported month';
COMMENT ON COLUMN ntsb.monthly_report.created_at IS 'When the report was written last';
COMMENT ON COLUMN ntsb.monthly_report.details IS 'The report for programs';
COMMENT ON COLUMN ntsb.monthly_report.body IS 'The report for people, as text';
CREATE MATERIALIZED VIEW ntsb.mv_monthly_stats AS
 SELECT f.ev_year,
    f.ev_month,
    count(*) AS events,
    count(*) FILTER (WHERE (f.severity = 'FATL'::text)) AS fatal_events,
    count(*) FILTER (WHERE f.is_domestic) AS domestic_events,
    sum(f.fatalities) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count
   FROM ntsb.fact_accidents f
  GROUP BY f.ev_year, f.ev_month
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_monthly_stats IS 'Events and fatalities per month';
COMMENT ON COLUMN ntsb.mv_monthly_stats.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_monthly_stats.ev_month IS 'Month, 1 to 12; null if the date is unknown';
COMMENT ON COLUMN ntsb.mv_monthly_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_monthly_stats.domestic_events IS 'Number of events in the United States';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE VIEW ntsb.monthly_stats AS
 SELECT mv_monthly_stats.ev_year,
    mv_monthly_stats.ev_month,
    mv_monthly_stats.events,
    mv_monthly_stats.fatal_events,
    mv_monthly_stats.domestic_events,
    mv_monthly_stats.fatalities,
    mv_monthly_stats.fatal_events_without_count
   FROM ntsb.mv_monthly_stats;
COMMENT ON VIEW ntsb.monthly_stats IS 'Events and fatalities per month';
COMMENT ON COLUMN ntsb.monthly_stats.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.monthly_stats.ev_month IS 'Month, 1 to 12; null if the date is unknown';
COMMENT ON COLUMN ntsb.monthly_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.monthly_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.monthly_stats.domestic_events IS 'Number of events in the United States';
COMMENT ON COLUMN ntsb.monthly_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.monthly_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE TABLE ntsb.moved_event (
    batch_id bigint NOT NULL,
    ev_id text NOT NULL
);
COMMENT ON TABLE ntsb.moved_event IS 'Events that a batch moved to another shard because their date was corrected to a year of that shard; here they are withdrawn';
COMMENT ON COLUMN ntsb.moved_event.batch_id IS 'Batch that moved the event';
COMMENT ON COLUMN ntsb.moved_event.ev_id IS 'Event';
CREATE MATERIALIZED VIEW ntsb.mv_phase_stats AS
 SELECT f.phase,
    f.is_domestic,
    count(*) AS events,
    count(*) FILTER (WHERE (f.severity = 'FATL'::text)) AS fatal_events,
    sum(f.fatalities) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count
   FROM ntsb.fact_accidents f
  GROUP BY f.phase, f.is_domestic
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_phase_stats IS 'Events per phase of flight of the defining occurrence; null if NTSB has coded none';
COMMENT ON COLUMN ntsb.mv_phase_stats.phase IS 'Phase group, the same in all eras; see ntsb_phase_group';
COMMENT ON COLUMN ntsb.mv_phase_stats.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.mv_phase_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE MATERIALIZED VIEW ntsb.mv_state_heatmap AS
 SELECT f.ev_state,
    count(*) AS events,
    count(*) FILTER (WHERE (f.severity = 'FATL'::text)) AS fatal_events,
    sum(f.fatalities) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count,
    count(f.lat) AS placed_events,
    min(f.ev_year) AS first_year,
    max(f.ev_year) AS last_year,
    (public.geography(public.st_centroid(public.st_collect(public.st_setsrid(public.st_makepoint(f.lon, f.lat), 4326)))))::public.geography(Point,4326) AS centroid
   FROM ntsb.fact_accidents f
  WHERE (f.ev_state IS NOT NULL)
  GROUP BY f.ev_state
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_state_heatmap IS 'Events per state, territory or sea area, with the centroid of their locations';
COMMENT ON COLUMN ntsb.mv_state_heatmap.ev_state IS 'State, territory or sea area; null abroad';
COMMENT ON COLUMN ntsb.mv_state_heatmap.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.mv_state_heatmap.placed_events IS 'Events with coordinates';
COMMENT ON COLUMN ntsb.mv_state_heatmap.first_year IS 'First year with an event';
COMMENT ON COLUMN ntsb.mv_state_heatmap.last_year IS 'Last year with an event';
COMMENT ON COLUMN ntsb.mv_state_heatmap.centroid IS 'Mean of the coordinates in degrees; null if no event has coordinates';
CREATE MATERIALIZED VIEW ntsb.mv_year_severity AS
 SELECT f.ev_year,
    f.severity,
    f.is_domestic,
    count(*) AS events,
    sum(f.fatalities) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count
   FROM ntsb.fact_accidents f
  GROUP BY f.ev_year, f.severity, f.is_domestic
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_year_severity IS 'Events and fatalities by year, severity, and domestic or not';
COMMENT ON COLUMN ntsb.mv_year_severity.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_year_severity.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.mv_year_severity.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.mv_year_severity.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_year_severity.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_year_severity.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE MATERIALIZED VIEW ntsb.mv_yearly_stats AS
 SELECT f.ev_year,
    count(*) AS events,
    count(*) FILTER (WHERE (f.severity = 'FATL'::text)) AS fatal_events,
    count(*) FILTER (WHERE (f.severity = 'SERS'::text)) AS serious_events,
    count(*) FILTER (WHERE (f.severity = 'MINR'::text)) AS minor_events,
    count(*) FILTER (WHERE (f.severity = 'NONE'::text)) AS uninjured_events,
    count(*) FILTER (WHERE f.is_domestic) AS domestic_events,
    count(*) FILTER (WHERE (f.is_domestic AND (f.severity = 'FATL'::text))) AS domestic_fatal_events,
    sum(f.fatalities) AS fatalities,
    count(*) FILTER (WHERE ((f.severity = 'FATL'::text) AND (f.fatalities IS NULL))) AS fatal_events_without_count,
    sum(f.serious) AS serious,
    sum(f.minor) AS minor,
    sum(f.uninjured) AS uninjured,
    count(*) FILTER (WHERE f.has_findings) AS with_findings,
    count(*) FILTER (WHERE f.is_final) AS final_reports,
    round(avg(((f.has_findings OR f.has_probable_cause))::integer), 4) AS completeness
   FROM ntsb.fact_accidents f
  GROUP BY f.ev_year
  WITH NO DATA;
COMMENT ON MATERIALIZED VIEW ntsb.mv_yearly_stats IS 'Events and people per year, and the completeness of the year';
COMMENT ON COLUMN ntsb.mv_yearly_stats.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_yearly_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_yearly_stats.serious_events IS 'Events whose highest injury is serious';
COMMENT ON COLUMN ntsb.mv_yearly_stats.minor_events IS 'Events whose highest injury is minor';
COMMENT ON COLUMN ntsb.mv_yearly_stats.uninjured_events IS 'Events without injuries';
COMMENT ON COLUMN ntsb.mv_yearly_stats.domestic_events IS 'Number of events in the United States';
COMMENT ON COLUMN ntsb.mv_yearly_stats.domestic_fatal_events IS 'Number of fatal events in the United States';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.mv_yearly_stats.serious IS 'People seriously injured';
COMMENT ON COLUMN ntsb.mv_yearly_stats.minor IS 'People with minor injuries';
COMMENT ON COLUMN ntsb.mv_yearly_stats.uninjured IS 'People without injury';
COMMENT ON COLUMN ntsb.mv_yearly_stats.with_findings IS 'Events with published findings';
COMMENT ON COLUMN ntsb.mv_yearly_stats.final_reports IS 'Events with a final report';
COMMENT ON COLUMN ntsb.mv_yearly_stats.completeness IS 'Share (0 to 1) of the events for which NTSB has published findings or a probable cause: recent years are not comparable yet';
CREATE TABLE ntsb.narratives (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    narr_accp text,
    narr_accf text,
    narr_cause text,
    narr_inc text,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    words tsvector GENERATED ALWAYS AS ((((setweight(to_tsvector('english'::regconfig, ntsb.normalize_text("left"(COALESCE(narr_cause, ''::text),
CASE
    WHEN (octet_length("left"(narr_cause, 100000)) > 100000) THEN 25000
    ELSE 100000
END))), 'A'::"char") || setweight(to_tsvector('english'::regconfig, ntsb.normalize_text("left"(COALESCE(narr_accf, ''::text),
CASE
    WHEN (octet_length("left"(narr_accf, 100000)) > 100000) THEN 25000
    ELSE 100000
END))), 'B'::"char")) || setweight(to_tsvector('english'::regconfig, ntsb.normalize_text("left"(COALESCE(narr_inc, ''::text),
CASE
    WHEN (octet_length("left"(narr_inc, 100000)) > 100000) THEN 25000
    ELSE 100000
END))), 'B'::"char")) || setweight(to_tsvector('english'::regconfig, ntsb.normalize_text("left"(COALESCE(narr_accp, ''::text),
CASE
    WHEN (octet_length("left"(narr_accp, 100000)) > 100000) THEN 25000
    ELSE 100000
END))), 'C'::"char"))) STORED,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.narratives IS 'Texts of the report, one row per aircraft; long (median 256 words); they reveal the outcome';
COMMENT ON COLUMN ntsb.narratives.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.narratives.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.narratives.narr_accp IS 'What happened: the facts in order, preliminary first and revised later';
COMMENT ON COLUMN ntsb.narratives.narr_accf IS 'Analysis, or the narrative of the final report';
COMMENT ON COLUMN ntsb.narratives.narr_cause IS 'Probable cause; null until the final report, and for most foreign cases';
COMMENT ON COLUMN ntsb.narratives.narr_inc IS 'FAA incident text; not filled';
COMMENT ON COLUMN ntsb.narratives.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.narratives.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.narratives.words IS 'Full-text search vector with weights: A probable cause, B factual and incident, C preliminary';
COMMENT ON COLUMN ntsb.narratives.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.narratives.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.narratives.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.narratives.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.narratives.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE VIEW ntsb.narrative_version AS
 WITH change AS (
         SELECT l.ev_id,
            l.row_key,
            c.key AS column_name,
            l.seq,
            l.changed_at,
            l.batch_id,
            (c.value ->> 'old'::text) AS old_text
           FROM (ntsb.change_log l
             CROSS JOIN LATERAL jsonb_each(l.changes) c(key, value))
          WHERE ((l.table_name = 'narratives'::text) AND (l.action = 'update'::text) AND (c.key = ANY (ARRAY['narr_accp'::text, 'narr_accf'::text, 'narr_cause'::text])))
        ), version AS (
         SELECT c.ev_id,
            c.row_key,
            c.column_name,
            c.seq,
            c.old_text AS text,
            lag(c.changed_at) OVER w AS changed_at,
            lag(c.batch_id) OVER w AS batch_id,
            c.changed_at AS valid_until
           FROM change c
          WINDOW w AS (PARTITION BY c.row_key, c.column_name ORDER BY c.seq)
        UNION ALL
         SELECT n.ev_id,
            n.row_key,
            k.column_name,
            '9223372036854775807'::bigint,
            k.text,
            l.changed_at,
            l.batch_id,
            w.changed_at
           FROM (((( SELECT r.ev_id,
                    r.aircraft_key,
                    r.narr_accp,
                    r.narr_accf,
                    r.narr_cause,
                    r.narr_inc,
                    r.lchg_date,
                    r.lchg_userid,
                    r.words,
                    r.content_hash,
                    r.hash_version,
                    r.first_batch,
                    r.last_batch,
                    r.withdrawn_batch,
                    ((r.ev_id || '/'::text) || r.aircraft_key) AS row_key
                   FROM ntsb.narratives r) n
             CROSS JOIN LATERAL ( VALUES ('narr_accp'::text,n.narr_accp), ('narr_accf'::text,n.narr_accf), ('narr_cause'::text,n.narr_cause)) k(column_name, text))
             LEFT JOIN LATERAL ( SELECT c.changed_at,
                    c.batch_id
                   FROM change c
                  WHERE ((c.ev_id = n.ev_id) AND (c.row_key = n.row_key) AND (c.column_name = k.column_name))
                  ORDER BY c.seq DESC
                 LIMIT 1) l ON (true))
             LEFT JOIN LATERAL ( SELECT x.changed_at
                   FROM ntsb.change_log x
                  WHERE ((n.withdrawn_batch IS NOT NULL) AND (x.ev_id = n.ev_id) AND (x.row_key = n.row_key) AND (x.table_name = 'narratives'::text) AND (x.action = 'withdraw'::text))
                  ORDER BY x.seq DESC
                 LIMIT 1) w ON (true))
        )
 SELECT v.ev_id,
    (split_part(v.row_key, '/'::text, 2))::integer AS aircraft_key,
        CASE v.column_name
            WHEN 'narr_accp'::text THEN 'facts'::text
            WHEN 'narr_accf'::text THEN 'analysis'::text
            ELSE 'probable cause'::text
        END AS kind,
    (row_number() OVER (PARTITION BY v.row_key, v.column_name ORDER BY v.seq))::integer AS version,
    v.text,
    COALESCE(v.batch_id, f.batch_id) AS batch_id,
    COALESCE(v.changed_at, f.changed_at) AS valid_from,
    v.valid_until
   FROM (version v
     LEFT JOIN LATERAL ( SELECT x.batch_id,
            x.changed_at
           FROM ntsb.change_log x
          WHERE ((x.ev_id = v.ev_id) AND (x.row_key = v.row_key) AND (x.table_name = 'narratives'::text) AND (x.action = 'insert'::text))
          ORDER BY x.seq
         LIMIT 1) f ON (true))
  WHERE (v.text IS NOT NULL);
COMMENT ON VIEW ntsb.narrative_version IS 'Every version of every narrative, from the change log: a preliminary text stays here when NTSB replaces it. Filter by ev_id';
COMMENT ON COLUMN ntsb.narrative_version.ev_id IS 'Event';
COMMENT ON COLUMN ntsb.narrative_version.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.narrative_version.kind IS 'facts: what happened, preliminary until the factual text; analysis; probable cause';
COMMENT ON COLUMN ntsb.narrative_version.version IS 'Number of the version, from 1';
COMMENT ON COLUMN ntsb.narrative_version.text IS 'The text';
COMMENT ON COLUMN ntsb.narrative_version.batch_id IS 'Batch that stored the version; see ntsb.batch';
COMMENT ON COLUMN ntsb.narrative_version.valid_from IS 'When the version was stored';
COMMENT ON COLUMN ntsb.narrative_version.valid_until IS 'When it was replaced or withdrawn; null while it is current';
CREATE TABLE ntsb.ntsb_admin (
    ev_id text NOT NULL,
    rec_stat text,
    approval_date date,
    lchg_userid text,
    lchg_date timestamp(0) without time zone,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.ntsb_admin IS 'Status of the report on an event, one row per event; some rows have no event (orphans)';
COMMENT ON COLUMN ntsb.ntsb_admin.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.ntsb_admin.rec_stat IS 'P preliminary, B completed, F facts only (nearly all foreign); the dictionary does not list the meanings, they are inferred from the rows';
COMMENT ON COLUMN ntsb.ntsb_admin.approval_date IS 'Day the report was approved; null while preliminary, and in nearly half of the F rows';
COMMENT ON COLUMN ntsb.ntsb_admin.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.ntsb_admin.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.ntsb_admin.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.ntsb_admin.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.ntsb_admin.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.ntsb_admin.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.ntsb_admin.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.occurrences (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    occurrence_no integer NOT NULL,
    occurrence_code integer,
    phase_of_flight integer,
    altitude integer,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.occurrences IS 'Occurrences in order before 2008: phase of flight and what happened';
COMMENT ON COLUMN ntsb.occurrences.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.occurrences.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.occurrences.occurrence_no IS 'Order of the occurrence within the aircraft, from 1';
COMMENT ON COLUMN ntsb.occurrences.occurrence_code IS 'What happened, 100 to 430 (ct_seqevt); not comparable with codes since 2008; 0 is null';
COMMENT ON COLUMN ntsb.occurrences.phase_of_flight IS 'Phase of flight, 500 to 610 (ct_seqevt); 0 is null';
COMMENT ON COLUMN ntsb.occurrences.altitude IS 'Altitude at the occurrence, feet above sea level; rarely filled, 0 may mean unknown';
COMMENT ON COLUMN ntsb.occurrences.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.occurrences.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.occurrences.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.occurrences.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.occurrences.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.occurrences.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.occurrences.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE VIEW ntsb.phase_stats AS
 SELECT mv_phase_stats.phase,
    mv_phase_stats.is_domestic,
    mv_phase_stats.events,
    mv_phase_stats.fatal_events,
    mv_phase_stats.fatalities,
    mv_phase_stats.fatal_events_without_count
   FROM ntsb.mv_phase_stats;
COMMENT ON VIEW ntsb.phase_stats IS 'Events per phase of flight of the defining occurrence; null if NTSB has coded none';
COMMENT ON COLUMN ntsb.phase_stats.phase IS 'Phase group, the same in all eras; see ntsb_phase_group';
COMMENT ON COLUMN ntsb.phase_stats.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.phase_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.phase_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.phase_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.phase_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE TABLE ntsb.published_statistics (
    ev_year smallint NOT NULL,
    operations text NOT NULL,
    accidents integer,
    fatal_accidents integer,
    fatalities integer,
    hours double precision,
    source text NOT NULL,
    edition text NOT NULL,
    revision smallint DEFAULT 0 NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT published_statistics_accidents_check CHECK ((accidents >= 0)),
    CONSTRAINT published_statistics_edition_check CHECK ((edition ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'::text)),
    CONSTRAINT published_statistics_ev_year_check CHECK (((ev_year >= 1903) AND (ev_year <= 2200))),
    CONSTRAINT published_statistics_fatal_accidents_check CHECK ((fatal_accidents >= 0)),
    CONSTRAINT published_statistics_fatalities_check CHECK ((fatalities >= 0)),
    CONSTRAINT published_statistics_hours_check CHECK (((hours > (0)::double precision) AND (hours < 'Infinity'::double precision))),
    CONSTRAINT published_statistics_operations_check CHECK ((operations = ANY (ARRAY['all'::text, 'general_aviation'::text, 'part_121'::text, 'part_135'::text]))),
    CONSTRAINT published_statistics_revision_check CHECK ((revision >= 0)),
    CONSTRAINT published_statistics_source_check CHECK ((btrim(source) <> ''::text))
);
COMMENT ON TABLE ntsb.published_statistics IS 'Yearly figures published by NTSB, and by BTS from NTSB''s: shipped for general aviation 1990 to 2004, other years and editions by `ntsb load-exposure`. The newest edition of a year counts';
COMMENT ON COLUMN ntsb.published_statistics.ev_year IS 'Calendar year';
COMMENT ON COLUMN ntsb.published_statistics.operations IS 'Flights that the figures cover, as in ntsb.exposure_hours';
COMMENT ON COLUMN ntsb.published_statistics.accidents IS 'Number of accidents; null if not published';
COMMENT ON COLUMN ntsb.published_statistics.fatal_accidents IS 'Number of fatal accidents; null if not published';
COMMENT ON COLUMN ntsb.published_statistics.fatalities IS 'People killed, including people on the ground; null if not published';
COMMENT ON COLUMN ntsb.published_statistics.hours IS 'Flight hours; null if not published (2011)';
COMMENT ON COLUMN ntsb.published_statistics.source IS 'Publisher and table of the figures';
COMMENT ON COLUMN ntsb.published_statistics.edition IS 'Edition of the source: year, month or day of publication';
COMMENT ON COLUMN ntsb.published_statistics.revision IS 'Number of the revision within the edition; 0 is the first';
COMMENT ON COLUMN ntsb.published_statistics.loaded_at IS 'When the figures were stored or last changed';
CREATE VIEW ntsb.quarantine_counts AS
 SELECT staging_quarantine.table_name,
    count(*) AS rows,
    min(staging_quarantine.quarantined_at) AS oldest_at
   FROM ntsb.staging_quarantine
  WHERE (staging_quarantine.status = 'held'::text)
  GROUP BY staging_quarantine.table_name;
COMMENT ON VIEW ntsb.quarantine_counts IS 'Number of quarantined rows that wait for a decision, by table';
COMMENT ON COLUMN ntsb.quarantine_counts.table_name IS 'Table of the rows';
COMMENT ON COLUMN ntsb.quarantine_counts.rows IS 'Number of rows in state held';
COMMENT ON COLUMN ntsb.quarantine_counts.oldest_at IS 'When the oldest of them was quarantined';
CREATE TABLE ntsb.refresh_state (
    what text NOT NULL,
    last_seq bigint NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    took interval NOT NULL,
    events bigint NOT NULL
);
COMMENT ON TABLE ntsb.refresh_state IS 'Up to which entry of ntsb.change_log each derived part is current';
COMMENT ON COLUMN ntsb.refresh_state.what IS 'Derived part: star, search, features, or the name of a materialized view';
COMMENT ON COLUMN ntsb.refresh_state.last_seq IS 'Last processed entry of ntsb.change_log';
COMMENT ON COLUMN ntsb.refresh_state.refreshed_at IS 'End of the last refresh';
COMMENT ON COLUMN ntsb.refresh_state.took IS 'Duration of the last refresh';
COMMENT ON COLUMN ntsb.refresh_state.events IS 'Number of events processed by the last refresh';
ALTER TABLE ntsb.registration ALTER COLUMN registration_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ntsb.registration_registration_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.relay_alert (
    "position" bigint NOT NULL,
    alert_id bigint NOT NULL
);
COMMENT ON TABLE ntsb.relay_alert IS 'Alerts in the order in which `ntsb relay` sends them; filled by ntsb_relay_batch';
COMMENT ON COLUMN ntsb.relay_alert."position" IS 'Number of the alert in this order; numbers may be missing';
COMMENT ON COLUMN ntsb.relay_alert.alert_id IS 'Alert in ntsb.alert';
ALTER TABLE ntsb.relay_alert ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.relay_alert_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.relay_cursor (
    target text NOT NULL,
    topic text NOT NULL,
    "position" bigint NOT NULL,
    event_id text,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT relay_cursor_position_check CHECK (("position" >= 0)),
    CONSTRAINT relay_cursor_target_check CHECK ((((length(target) >= 1) AND (length(target) <= 200)) AND (target !~ '[[:cntrl:]]'::text))),
    CONSTRAINT relay_cursor_topic_check CHECK ((topic = ANY (ARRAY['changes'::text, 'alerts'::text, 'predictions'::text])))
);
COMMENT ON TABLE ntsb.relay_cursor IS 'How far `ntsb relay` has sent each topic to each target; a row here holds nothing back and may be deleted';
COMMENT ON COLUMN ntsb.relay_cursor.target IS 'Name of the relay, without secrets (ntsb relay --name)';
COMMENT ON COLUMN ntsb.relay_cursor.topic IS 'changes, alerts or predictions';
COMMENT ON COLUMN ntsb.relay_cursor."position" IS 'Number of the last event that the target accepted: seq of ntsb.change_log, or position of ntsb.relay_alert or ntsb.relay_prediction; 0: none';
COMMENT ON COLUMN ntsb.relay_cursor.event_id IS 'Id of that event. If the log holds another event at this position, the database was restored; null if no event was sent';
COMMENT ON COLUMN ntsb.relay_cursor.updated_at IS 'When the target accepted it';
CREATE TABLE ntsb.relay_prediction (
    "position" bigint NOT NULL,
    ev_id text NOT NULL,
    model_id bigint NOT NULL
);
COMMENT ON TABLE ntsb.relay_prediction IS 'Predictions in the order in which `ntsb relay` sends them; filled by ntsb_relay_batch';
COMMENT ON COLUMN ntsb.relay_prediction."position" IS 'Number of the prediction in this order; numbers may be missing';
COMMENT ON COLUMN ntsb.relay_prediction.ev_id IS 'Predicted event';
COMMENT ON COLUMN ntsb.relay_prediction.model_id IS 'Model that made the prediction';
ALTER TABLE ntsb.relay_prediction ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.relay_prediction_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.restore_drill (
    drill_id bigint NOT NULL,
    drilled_at timestamp with time zone DEFAULT now() NOT NULL,
    source_label text NOT NULL,
    target_time timestamp with time zone,
    rto_seconds double precision,
    rpo_seconds double precision,
    tables_compared integer NOT NULL,
    tables_different integer NOT NULL,
    change_log_problems bigint,
    comparison jsonb NOT NULL,
    passed boolean NOT NULL,
    error text,
    details jsonb NOT NULL,
    CONSTRAINT restore_drill_change_log_problems_check CHECK ((change_log_problems >= 0)),
    CONSTRAINT restore_drill_check CHECK (((tables_different >= 0) AND (tables_different <= tables_compared))),
    CONSTRAINT restore_drill_rpo_seconds_check CHECK (((rpo_seconds >= (0)::double precision) AND (rpo_seconds < 'Infinity'::double precision))),
    CONSTRAINT restore_drill_rto_seconds_check CHECK (((rto_seconds >= (0)::double precision) AND (rto_seconds < 'Infinity'::double precision))),
    CONSTRAINT restore_drill_source_label_check CHECK ((source_label <> ''::text)),
    CONSTRAINT restore_drill_tables_compared_check CHECK ((tables_compared >= 0))
);
COMMENT ON TABLE ntsb.restore_drill IS 'Restore drills: a backup restored elsewhere and compared with what it should contain; ntsb_record_restore_drill adds a row';
COMMENT ON COLUMN ntsb.restore_drill.drill_id IS 'Number of the drill';
COMMENT ON COLUMN ntsb.restore_drill.drilled_at IS 'When the drill was recorded';
COMMENT ON COLUMN ntsb.restore_drill.source_label IS 'pgBackRest''s name of the backup that was restored';
COMMENT ON COLUMN ntsb.restore_drill.target_time IS 'Moment to which it was restored; null: as far as WAL was archived';
COMMENT ON COLUMN ntsb.restore_drill.rto_seconds IS 'Seconds from the start of the restore until the restored cluster answered queries; null if it never did';
COMMENT ON COLUMN ntsb.restore_drill.rpo_seconds IS 'Seconds of committed work that a loss of the cluster would have lost; null if not measured';
COMMENT ON COLUMN ntsb.restore_drill.tables_compared IS 'Number of compared tables';
COMMENT ON COLUMN ntsb.restore_drill.tables_different IS 'Number of tables whose row count or hash differed';
COMMENT ON COLUMN ntsb.restore_drill.change_log_problems IS 'Rows of ntsb_verify_change_log() in the restored database; null if it could not be asked';
COMMENT ON COLUMN ntsb.restore_drill.comparison IS 'By table: expected and restored, each with rows and hash';
COMMENT ON COLUMN ntsb.restore_drill.passed IS 'Whether there was no error, at least one table was compared, none differed, and the change log is intact';
COMMENT ON COLUMN ntsb.restore_drill.error IS 'Why the restore failed; null if it did not';
COMMENT ON COLUMN ntsb.restore_drill.details IS 'Further figures for people';
ALTER TABLE ntsb.restore_drill ALTER COLUMN drill_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.restore_drill_drill_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.safety_recommendation (
    rec_no text NOT NULL,
    mode text,
    status text,
    is_open boolean,
    issued_on date,
    closed_on date,
    subject text,
    text text,
    unknown text[],
    source text NOT NULL,
    words tsvector NOT NULL,
    content_hash bytea NOT NULL,
    version integer NOT NULL,
    first_loaded timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT safety_recommendation_rec_no_check CHECK ((rec_no ~ '^[A-Z]-[0-9]{2}-[0-9]{3,4}$'::text))
);
COMMENT ON TABLE ntsb.safety_recommendation IS 'NTSB''s safety recommendations of aviation and of several modes, as last loaded';
COMMENT ON COLUMN ntsb.safety_recommendation.rec_no IS 'Number of the recommendation: letter of the mode, year and number, such as A-23-001';
COMMENT ON COLUMN ntsb.safety_recommendation.mode IS 'Mode, as stated, or from the letter of the number';
COMMENT ON COLUMN ntsb.safety_recommendation.status IS 'Overall status, such as Closed - Acceptable Action; null if the addressees'' statuses differ and none is stated for the whole';
COMMENT ON COLUMN ntsb.safety_recommendation.is_open IS 'Whether the recommendation is open; without an overall status: whether it is open for any addressee';
COMMENT ON COLUMN ntsb.safety_recommendation.issued_on IS 'Day of issue';
COMMENT ON COLUMN ntsb.safety_recommendation.closed_on IS 'Day on which it was closed';
COMMENT ON COLUMN ntsb.safety_recommendation.subject IS 'Subject';
COMMENT ON COLUMN ntsb.safety_recommendation.text IS 'Text of the recommendation';
COMMENT ON COLUMN ntsb.safety_recommendation.unknown IS 'Names of members of the record that were not read';
COMMENT ON COLUMN ntsb.safety_recommendation.source IS 'File that last changed it';
COMMENT ON COLUMN ntsb.safety_recommendation.words IS 'Full-text search vector with weights: A subject, B text, C addressees and status';
COMMENT ON COLUMN ntsb.safety_recommendation.content_hash IS 'SHA-256 of the newest content in ntsb.safety_recommendation_history, as ntsb_content_hash computes it';
COMMENT ON COLUMN ntsb.safety_recommendation.version IS 'Newest version in ntsb.safety_recommendation_history';
COMMENT ON COLUMN ntsb.safety_recommendation.first_loaded IS 'Start of the transaction that inserted it';
COMMENT ON COLUMN ntsb.safety_recommendation.changed_at IS 'Start of the transaction that last changed it';
CREATE TABLE ntsb.safety_recommendation_addressee (
    rec_no text NOT NULL,
    addressee text NOT NULL,
    status text,
    is_open boolean,
    closed_on date
);
COMMENT ON TABLE ntsb.safety_recommendation_addressee IS 'To whom a safety recommendation is addressed, and what came of it';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.rec_no IS 'Number of the recommendation';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.addressee IS 'Addressee, as written';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.status IS 'Status for this addressee';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.is_open IS 'Whether it is open for this addressee; null if the status says neither open nor closed';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.closed_on IS 'Day on which it was closed for this addressee';
CREATE TABLE ntsb.safety_recommendation_event (
    rec_no text NOT NULL,
    reference text NOT NULL,
    ntsb_no text,
    mkey integer,
    ev_id text
);
COMMENT ON TABLE ntsb.safety_recommendation_event IS 'Investigations from which a safety recommendation follows';
COMMENT ON COLUMN ntsb.safety_recommendation_event.rec_no IS 'Number of the recommendation';
COMMENT ON COLUMN ntsb.safety_recommendation_event.reference IS 'NTSB number of the event, or mkey and the key of the case where no number is stated';
COMMENT ON COLUMN ntsb.safety_recommendation_event.ntsb_no IS 'NTSB number of the event';
COMMENT ON COLUMN ntsb.safety_recommendation_event.mkey IS 'NTSB''s key of the case';
COMMENT ON COLUMN ntsb.safety_recommendation_event.ev_id IS 'The event in this warehouse; null while it lacks the event. CALL ntsb_refresh() looks again';
CREATE TABLE ntsb.safety_recommendation_history (
    rec_no text NOT NULL,
    version integer NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    source text NOT NULL,
    status text,
    content jsonb NOT NULL,
    content_hash bytea NOT NULL,
    CONSTRAINT safety_recommendation_history_version_check CHECK ((version > 0))
);
COMMENT ON TABLE ntsb.safety_recommendation_history IS 'Every version of a safety recommendation that was loaded, the newest included; append-only';
COMMENT ON COLUMN ntsb.safety_recommendation_history.rec_no IS 'Number of the recommendation';
COMMENT ON COLUMN ntsb.safety_recommendation_history.version IS 'Number of the version, from 1';
COMMENT ON COLUMN ntsb.safety_recommendation_history.recorded_at IS 'Start of the transaction that recorded the version';
COMMENT ON COLUMN ntsb.safety_recommendation_history.source IS 'File that contained the version';
COMMENT ON COLUMN ntsb.safety_recommendation_history.status IS 'Overall status of the version';
COMMENT ON COLUMN ntsb.safety_recommendation_history.content IS 'The version as JSON: the columns of ntsb.safety_recommendation, addressees and events';
COMMENT ON COLUMN ntsb.safety_recommendation_history.content_hash IS 'SHA-256 of content, as ntsb_content_hash computes it';
CREATE TABLE ntsb.schema_object (
    kind text NOT NULL,
    name text NOT NULL,
    definition text,
    "position" bigint NOT NULL
);
COMMENT ON TABLE ntsb.schema_object IS 'Objects of schema ntsb, recorded by ntsb_create_warehouse(); ntsb_missing_objects() uses it to find objects that a partial restore lacks';
COMMENT ON COLUMN ntsb.schema_object.kind IS 'table, view, materialized view, function, constraint, index or trigger';
COMMENT ON COLUMN ntsb.schema_object.name IS 'Schema-qualified name; for constraints and triggers with the name of the table';
COMMENT ON COLUMN ntsb.schema_object.definition IS 'Command that recreates the object; null for tables and other objects that contain rows';
COMMENT ON COLUMN ntsb.schema_object."position" IS 'Order in which the objects can be created';
CREATE TABLE ntsb.schema_version (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_by text DEFAULT CURRENT_USER NOT NULL
);
COMMENT ON TABLE ntsb.schema_version IS 'Migration steps applied to this warehouse, each once';
CREATE TABLE ntsb.schema_view (
    name text NOT NULL,
    "position" integer NOT NULL,
    digest text NOT NULL,
    objects text[] NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE ntsb.schema_view IS 'View files from which the views of this warehouse were created; a changed file is applied again';
COMMENT ON COLUMN ntsb.schema_view.name IS 'Name of the file';
COMMENT ON COLUMN ntsb.schema_view."position" IS 'Order of the files; later files may use the views of earlier ones';
COMMENT ON COLUMN ntsb.schema_view.digest IS 'SHA-256 of the applied file';
COMMENT ON COLUMN ntsb.schema_view.objects IS 'Views that the file created, in order of creation';
COMMENT ON COLUMN ntsb.schema_view.applied_at IS 'Time when the file was applied';
CREATE TABLE ntsb.search_document (
    ev_id text NOT NULL,
    segment integer NOT NULL,
    doc integer NOT NULL,
    ev_date date,
    place text,
    aircraft text,
    severity text,
    words tsvector NOT NULL,
    facts text[] NOT NULL
);
COMMENT ON TABLE ntsb.search_document IS 'Documents of the search index, one row per event; updated by CALL ntsb_refresh_search()';
COMMENT ON COLUMN ntsb.search_document.segment IS 'Segment of the index that holds the event';
COMMENT ON COLUMN ntsb.search_document.doc IS 'Number of the event within the segment, from 0';
COMMENT ON COLUMN ntsb.search_document.ev_date IS 'Date of the event';
COMMENT ON COLUMN ntsb.search_document.place IS 'City, state, and country unless USA';
COMMENT ON COLUMN ntsb.search_document.aircraft IS 'Make, model and registration mark of each aircraft';
COMMENT ON COLUMN ntsb.search_document.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.search_document.words IS 'Indexed words; see ntsb.search_source';
COMMENT ON COLUMN ntsb.search_document.facts IS 'Facts for filters and for similarity, such as state=AK';
CREATE TABLE ntsb.search_posting (
    fact boolean NOT NULL,
    term text NOT NULL COLLATE pg_catalog."C",
    segment integer NOT NULL,
    docs integer NOT NULL,
    postings bytea NOT NULL
);
ALTER TABLE ONLY ntsb.search_posting ALTER COLUMN postings SET STORAGE EXTERNAL;
COMMENT ON TABLE ntsb.search_posting IS 'Posting lists: the events with each word and fact, per segment';
COMMENT ON COLUMN ntsb.search_posting.fact IS 'Whether the term is a fact (true) or a word (false)';
COMMENT ON COLUMN ntsb.search_posting.term IS 'Lexeme of ntsb.search_document.words, or one of its facts';
COMMENT ON COLUMN ntsb.search_posting.segment IS 'Segment that the numbers refer to';
COMMENT ON COLUMN ntsb.search_posting.docs IS 'Number of events in the list, including dead ones';
COMMENT ON COLUMN ntsb.search_posting.postings IS 'Event numbers as differences from the previous one, each with its weighted count, as variable-length integers of seven bits per byte';
CREATE TABLE ntsb.search_segment (
    segment integer NOT NULL,
    docs integer NOT NULL,
    lengths bytea NOT NULL,
    ids text NOT NULL,
    dead bytea NOT NULL
);
ALTER TABLE ONLY ntsb.search_segment ALTER COLUMN lengths SET STORAGE EXTERNAL;
ALTER TABLE ONLY ntsb.search_segment ALTER COLUMN ids SET STORAGE EXTERNAL;
ALTER TABLE ONLY ntsb.search_segment ALTER COLUMN dead SET STORAGE EXTERNAL;
COMMENT ON TABLE ntsb.search_segment IS 'Segments of the search index; only dead changes after a segment is written';
COMMENT ON COLUMN ntsb.search_segment.segment IS 'Number of the segment';
COMMENT ON COLUMN ntsb.search_segment.docs IS 'Number of events in the segment, including dead ones';
COMMENT ON COLUMN ntsb.search_segment.lengths IS 'Weighted word count of each event, four bytes each, little-endian';
COMMENT ON COLUMN ntsb.search_segment.ids IS 'ev_id of each event, one per line';
COMMENT ON COLUMN ntsb.search_segment.dead IS 'One bit per event: set when the event was changed or removed';
CREATE VIEW ntsb.search_source AS
 SELECT f.ev_id,
    f.ev_date,
    f.place,
    f.aircraft,
    f.severity,
    ((to_tsvector('simple'::regconfig, ntsb.normalize_text(n.names)) || to_tsvector('english'::regconfig, ntsb.normalize_text(n.names))) || COALESCE(t.words, ''::tsvector)) AS words,
    concat_ws('
'::text, n.names, t.reports) AS text,
    array_remove(ARRAY[('year='::text || f.ev_year), ('state='::text || f.ev_state), ((('place='::text || f.ev_state) || ' '::text) || f.ev_city), ('weather='::text || f.wx_cond_basic), ('severity='::text || f.severity), ('domestic='::text || f.is_domestic), ('make='::text || f.acft_make), ((('model='::text || f.acft_make) || ' '::text) || f.acft_model), ('category='::text || f.acft_category), ('far='::text || f.far_part), ('purpose='::text || f.type_fly), ('phase='::text || f.phase), ((('event='::text || f.era) || ' '::text) || f.defining_event)], NULL::text) AS facts
   FROM (((ntsb.fact_accidents f
     CROSS JOIN LATERAL ( SELECT string_agg(concat_ws(' '::text, a_1.acft_make, a_1.acft_make_std, a_1.acft_model, a_1.acft_model_std, regexp_replace(a_1.acft_model_std, '[^A-Za-z0-9]'::text, ''::text, 'g'::text), a_1.regis_no, regexp_replace(a_1.regis_no, '[^A-Za-z0-9]'::text, ''::text, 'g'::text)), ' '::text ORDER BY a_1.aircraft_key) AS names
           FROM ntsb.aircraft a_1
          WHERE ((a_1.ev_id = f.ev_id) AND (a_1.withdrawn_batch IS NULL))) a)
     CROSS JOIN LATERAL ( SELECT concat_ws(' '::text, f.ev_city, a.names, f.ntsb_no) AS names) n)
     CROSS JOIN LATERAL ( SELECT ntsb.concat_words(w.words ORDER BY w.aircraft_key) AS words,
            string_agg(w.reports, '
'::text ORDER BY w.aircraft_key) AS reports
           FROM ( SELECT n_1.words,
                    min(n_1.aircraft_key) AS aircraft_key,
                    min(concat_ws('
'::text, n_1.narr_cause, n_1.narr_accf, n_1.narr_inc, n_1.narr_accp)) AS reports,
                    sum(max(pg_column_size(n_1.words))) OVER (ORDER BY (min(n_1.aircraft_key))) AS packed
                   FROM ntsb.narratives n_1
                  WHERE ((n_1.ev_id = f.ev_id) AND (n_1.withdrawn_batch IS NULL))
                  GROUP BY n_1.words) w
          WHERE (w.packed <= 200000)) t);
COMMENT ON VIEW ntsb.search_source IS 'Source of the search index: the facts of each event (ntsb.fact_accidents) and the words of its aircraft and reports; ntsb.search_document holds them as of the last refresh';
COMMENT ON COLUMN ntsb.search_source.words IS 'Words of the city, aircraft (all spellings) and numbers, both unstemmed and stemmed, then of the reports (stemmed; weight A is the probable cause)';
COMMENT ON COLUMN ntsb.search_source.text IS 'Text of these words; ntsb_internal.extract_type_names finds names of aircraft types in it, such as PA-28';
COMMENT ON COLUMN ntsb.search_source.facts IS 'Facts for filters and for similarity, such as state=AK';
CREATE TABLE ntsb.seq_of_events (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    occurrence_no integer NOT NULL,
    seq_event_no integer NOT NULL,
    group_code smallint NOT NULL,
    subj_code integer,
    cause_factor text,
    modifier_code integer,
    person_code integer,
    lchg_date timestamp(0) without time zone,
    lchg_userid text,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.seq_of_events IS 'Findings before 2008, in order within their occurrence: subject, modifier, person';
COMMENT ON COLUMN ntsb.seq_of_events.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.seq_of_events.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.seq_of_events.occurrence_no IS 'Occurrence that the finding belongs to';
COMMENT ON COLUMN ntsb.seq_of_events.seq_event_no IS 'Order of the finding within the occurrence, from 1';
COMMENT ON COLUMN ntsb.seq_of_events.group_code IS '1 aircraft or environment, 2 human performance, 3 direct, 4 indirect underlying factor';
COMMENT ON COLUMN ntsb.seq_of_events.subj_code IS 'Subject, 10000 to 93300 (ct_seqevt); 0 is null';
COMMENT ON COLUMN ntsb.seq_of_events.cause_factor IS 'C cause, F factor; null is neither';
COMMENT ON COLUMN ntsb.seq_of_events.modifier_code IS 'What was wrong with the subject (ct_seqevt); 0 is null';
COMMENT ON COLUMN ntsb.seq_of_events.person_code IS 'Who was involved, 4000 pilot in command... (ct_seqevt); 0 is null';
COMMENT ON COLUMN ntsb.seq_of_events.lchg_date IS 'When NTSB last changed this row, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.seq_of_events.lchg_userid IS 'NTSB login that last changed this row; often null; stored, not hashed';
COMMENT ON COLUMN ntsb.seq_of_events.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.seq_of_events.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.seq_of_events.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.seq_of_events.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.seq_of_events.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.sequence_group (
    ev_id text NOT NULL,
    aircraft_key integer NOT NULL,
    occurrence_no integer NOT NULL,
    sequence_no integer,
    event_group text,
    phase_group text,
    lchg_date timestamp(0) without time zone,
    content_hash bytea NOT NULL,
    hash_version smallint NOT NULL,
    first_batch bigint NOT NULL,
    last_batch bigint NOT NULL,
    withdrawn_batch bigint
);
COMMENT ON TABLE ntsb.sequence_group IS 'CICTT groups of the sequence of events, one row per row of events_sequence; only NTSB''s API fills it';
COMMENT ON COLUMN ntsb.sequence_group.ev_id IS 'Event; its first 8 digits are the date of entry, not of the event';
COMMENT ON COLUMN ntsb.sequence_group.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.sequence_group.occurrence_no IS 'Number of the occurrence, as in events_sequence';
COMMENT ON COLUMN ntsb.sequence_group.sequence_no IS 'Place in the sequence of events, from 1';
COMMENT ON COLUMN ntsb.sequence_group.event_group IS 'CICTT group of the occurrence, as written: Loss of Control (Inflight)';
COMMENT ON COLUMN ntsb.sequence_group.phase_group IS 'CICTT group of the phase of flight, as written: Landing';
COMMENT ON COLUMN ntsb.sequence_group.lchg_date IS 'When NTSB last published or revised the case, to the second; stored, not hashed';
COMMENT ON COLUMN ntsb.sequence_group.content_hash IS 'SHA-256 of NTSB''s columns of the cleaned row as JSON, without lchg_date and lchg_userid';
COMMENT ON COLUMN ntsb.sequence_group.hash_version IS 'Version of the encoding of content_hash';
COMMENT ON COLUMN ntsb.sequence_group.first_batch IS 'Batch that inserted the row; see ntsb.batch';
COMMENT ON COLUMN ntsb.sequence_group.last_batch IS 'Batch that last changed the row';
COMMENT ON COLUMN ntsb.sequence_group.withdrawn_batch IS 'Batch whose file no longer contained the row; null if the row is current';
CREATE TABLE ntsb.shard (
    shard_name text NOT NULL,
    shard_number smallint NOT NULL,
    first_year smallint,
    last_year smallint,
    attached_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attached_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT shard_shard_name_check CHECK ((shard_name ~ '^[a-z][a-z0-9_]{0,30}$'::text))
);
COMMENT ON TABLE ntsb.shard IS 'Shards whose events this database reads; a database with a row here is a coordinator and stores no events itself. CALL ntsb_attach_shard(…) writes it';
COMMENT ON COLUMN ntsb.shard.shard_name IS 'Name of the shard; its foreign servers are ntsb_shard_NAME (queries) and ntsb_load_NAME (loads), its foreign tables are in schema ntsb_shard_NAME';
COMMENT ON COLUMN ntsb.shard.shard_number IS 'Number of the shard, as in its ntsb.shard_member';
COMMENT ON COLUMN ntsb.shard.first_year IS 'First year of its events; null: no lower limit';
COMMENT ON COLUMN ntsb.shard.last_year IS 'Last year of its events; null: no upper limit';
COMMENT ON COLUMN ntsb.shard.attached_at IS 'When it was attached';
COMMENT ON COLUMN ntsb.shard.attached_by IS 'Role that attached it';
CREATE TABLE ntsb.shard_member (
    is_member boolean DEFAULT true NOT NULL,
    shard_number smallint NOT NULL,
    first_year smallint,
    last_year smallint,
    prepared_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT shard_member_is_member_check CHECK (is_member),
    CONSTRAINT shard_member_shard_number_check CHECK (((shard_number >= 1) AND (shard_number <= 20))),
    CONSTRAINT shard_member_years CHECK ((first_year <= last_year))
);
COMMENT ON TABLE ntsb.shard_member IS 'One row if this database is a shard: which events it holds. CALL ntsb_prepare_shard(…) writes it';
COMMENT ON COLUMN ntsb.shard_member.is_member IS 'Always true, so that there is one row at most';
COMMENT ON COLUMN ntsb.shard_member.shard_number IS 'Number of the shard, 1 to 20; surrogate keys start at this number times 100,000,000, so that no two shards have the same';
COMMENT ON COLUMN ntsb.shard_member.first_year IS 'First year of its events; null: no lower limit';
COMMENT ON COLUMN ntsb.shard_member.last_year IS 'Last year of its events; null: no upper limit';
COMMENT ON COLUMN ntsb.shard_member.prepared_at IS 'When it became a shard';
CREATE TABLE ntsb.source_state (
    source text NOT NULL,
    asked_at timestamp with time zone,
    loaded_at timestamp with time zone,
    name text,
    edition text,
    row_count bigint,
    digest text,
    complete_until date,
    state jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT source_state_row_count_check CHECK ((row_count >= 0)),
    CONSTRAINT source_state_source_check CHECK ((source ~ '^[a-z][a-z0-9_]*$'::text))
);
COMMENT ON TABLE ntsb.source_state IS 'When each source beside NTSB''s Access files was last asked and loaded. ntsb.source_status shows what is due';
COMMENT ON COLUMN ntsb.source_state.source IS 'Name of the source, as in ntsb.source_status';
COMMENT ON COLUMN ntsb.source_state.asked_at IS 'Last time the publisher was asked, or a file was offered, with or without changes';
COMMENT ON COLUMN ntsb.source_state.loaded_at IS 'Last time rows were stored';
COMMENT ON COLUMN ntsb.source_state.name IS 'Name of the file or service loaded last';
COMMENT ON COLUMN ntsb.source_state.edition IS 'Edition or effective date that the source states; null if it states none';
COMMENT ON COLUMN ntsb.source_state.row_count IS 'Number of rows of the source that are stored';
COMMENT ON COLUMN ntsb.source_state.digest IS 'SHA-256 of the file loaded last, hexadecimal';
COMMENT ON COLUMN ntsb.source_state.complete_until IS 'Of the API: everything that changed up to this day (UTC) is stored';
COMMENT ON COLUMN ntsb.source_state.state IS 'Position of an unfinished synchronization';
CREATE VIEW ntsb.source_status AS
 SELECT s.source,
    s.title,
    s.command,
    s.every,
    t.asked_at,
    t.loaded_at,
    t.name,
    t.edition,
    t.row_count,
    t.complete_until,
    (t.asked_at + s.every) AS due_at,
        CASE
            WHEN (t.asked_at IS NULL) THEN 'never loaded'::text
            WHEN ((t.asked_at + s.every) <= now()) THEN 'due'::text
            ELSE 'current'::text
        END AS status
   FROM (( VALUES (1,'access_files'::text,'NTSB''s Access files (avall.zip)'::text,'ntsb sync'::text,'1 mon'::interval), (2,'api_cases'::text,'cases of NTSB''s API'::text,'ntsb sync --api'::text,'1 day'::interval), (3,'safety_recommendations'::text,'NTSB''s safety recommendations'::text,'ntsb sync --api'::text,'1 mon'::interval), (4,'aircraft_registry'::text,'FAA aircraft registry'::text,'ntsb load-registry ReleasableAircraft.zip'::text,'1 mon'::interval), (5,'airports'::text,'airports'::text,'ntsb load-airports airports.csv'::text,'28 days'::interval), (6,'runways'::text,'runways'::text,'ntsb load-runways runways.csv'::text,'28 days'::interval), (7,'metar'::text,'weather observations (METAR)'::text,'ntsb load-metar FILE.csv'::text,'1 mon'::interval), (8,'exposure'::text,'flight hours'::text,'ntsb load-exposure FILE'::text,'1 year'::interval), (9,'asrs'::text,'voluntary reports (ASRS)'::text,'ntsb load-asrs FILE.csv'::text,'1 mon'::interval)) s("position", source, title, command, every)
     LEFT JOIN LATERAL ( SELECT x.asked_at,
            x.loaded_at,
            x.name,
            x.edition,
            x.row_count,
            x.complete_until
           FROM ntsb.source_state x
          WHERE ((x.source = s.source) AND (s.source <> 'access_files'::text))
        UNION ALL
         SELECT b.started_at,
            b.finished_at,
            b.source,
            to_char(b.as_of, 'YYYY-MM-DD'::text) AS to_char,
            NULL::bigint,
            NULL::date
           FROM ( SELECT a.batch_id,
                    a.source,
                    a.mode,
                    a.digest,
                    a.as_of,
                    a.started_at,
                    a.finished_at,
                    a.loaded_by,
                    a.last_seq,
                    a.chain_head,
                    a.rules_digest,
                    a.repeats,
                    a.waived_rules,
                    a.allow_withdraw,
                    a.period,
                    a.legacy
                   FROM ntsb.batch a
                  WHERE ((s.source = 'access_files'::text) AND (a.source !~~ '%.json'::text))
                  ORDER BY a.batch_id DESC
                 LIMIT 1) b) t ON (true))
  ORDER BY s."position";
COMMENT ON VIEW ntsb.source_status IS 'The sources of the warehouse: when each was last asked and loaded, its edition, and whether it is due again';
COMMENT ON COLUMN ntsb.source_status.source IS 'Name of the source';
COMMENT ON COLUMN ntsb.source_status.title IS 'What the source holds';
COMMENT ON COLUMN ntsb.source_status.command IS 'Command that loads it';
COMMENT ON COLUMN ntsb.source_status.every IS 'How often the publisher renews it';
COMMENT ON COLUMN ntsb.source_status.asked_at IS 'Last time it was asked, with or without changes';
COMMENT ON COLUMN ntsb.source_status.loaded_at IS 'Last time rows were stored';
COMMENT ON COLUMN ntsb.source_status.name IS 'Name of the file or service loaded last';
COMMENT ON COLUMN ntsb.source_status.edition IS 'Edition or effective date that the source states';
COMMENT ON COLUMN ntsb.source_status.row_count IS 'Number of rows of the source that are stored';
COMMENT ON COLUMN ntsb.source_status.complete_until IS 'Of the API: everything that changed up to this day (UTC) is stored';
COMMENT ON COLUMN ntsb.source_status.due_at IS 'When it should be asked again';
COMMENT ON COLUMN ntsb.source_status.status IS 'never loaded, due or current';
ALTER TABLE ntsb.staging_quarantine ALTER COLUMN quarantine_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.staging_quarantine_quarantine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW ntsb.state_heatmap AS
 SELECT mv_state_heatmap.ev_state,
    mv_state_heatmap.events,
    mv_state_heatmap.fatal_events,
    mv_state_heatmap.fatalities,
    mv_state_heatmap.fatal_events_without_count,
    mv_state_heatmap.placed_events,
    mv_state_heatmap.first_year,
    mv_state_heatmap.last_year,
    mv_state_heatmap.centroid
   FROM ntsb.mv_state_heatmap;
COMMENT ON VIEW ntsb.state_heatmap IS 'Events per state, territory or sea area, with the centroid of their locations';
COMMENT ON COLUMN ntsb.state_heatmap.ev_state IS 'State, territory or sea area; null abroad';
COMMENT ON COLUMN ntsb.state_heatmap.events IS 'Number of events';
COMMENT ON COLUMN ntsb.state_heatmap.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.state_heatmap.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.state_heatmap.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.state_heatmap.placed_events IS 'Events with coordinates';
COMMENT ON COLUMN ntsb.state_heatmap.first_year IS 'First year with an event';
COMMENT ON COLUMN ntsb.state_heatmap.last_year IS 'Last year with an event';
COMMENT ON COLUMN ntsb.state_heatmap.centroid IS 'Mean of the coordinates in degrees; null if no event has coordinates';
ALTER TABLE ntsb.task_run ALTER COLUMN task_run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ntsb.task_run_task_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ntsb.validation_rule (
    rule_id text NOT NULL,
    gate smallint NOT NULL,
    table_name text NOT NULL,
    column_name text,
    action text NOT NULL,
    threshold double precision,
    description text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    predicate text,
    built_in boolean DEFAULT false NOT NULL,
    CONSTRAINT custom_rule_needs_predicate CHECK ((built_in = (predicate IS NULL))),
    CONSTRAINT validation_rule_action_check CHECK ((action = ANY (ARRAY['reject'::text, 'null'::text, 'flag'::text]))),
    CONSTRAINT validation_rule_gate_check CHECK (((gate >= 1) AND (gate <= 3)))
);
COMMENT ON TABLE ntsb.validation_rule IS 'Validation rules of the load. Disable one, change its action or threshold, or add your own with a predicate; applies from the next load on';
COMMENT ON COLUMN ntsb.validation_rule.rule_id IS 'Name of the violation: table.what; your own rules must not have the prefix of a built-in rule';
COMMENT ON COLUMN ntsb.validation_rule.gate IS '1 schema (can the row be stored), 2 business (can it be true), 3 statistics (is it plausible)';
COMMENT ON COLUMN ntsb.validation_rule.table_name IS 'Table that the rule applies to; * for every table';
COMMENT ON COLUMN ntsb.validation_rule.column_name IS 'Column that is wrong in a violation; null for the row as a whole';
COMMENT ON COLUMN ntsb.validation_rule.action IS 'reject: quarantines the row in ntsb.staging_quarantine; null: drops the value; flag: keeps the value. All violations are recorded';
COMMENT ON COLUMN ntsb.validation_rule.threshold IS 'Limit of the rule, if it has one';
COMMENT ON COLUMN ntsb.validation_rule.description IS 'What is wrong with a row that violates the rule';
COMMENT ON COLUMN ntsb.validation_rule.enabled IS 'Whether the rule is applied';
COMMENT ON COLUMN ntsb.validation_rule.predicate IS 'For your own rules: an SQL condition over the columns of one row; a row violates the rule if it is false, such as crew_age >= 16';
COMMENT ON COLUMN ntsb.validation_rule.built_in IS 'Whether the rule comes with the extension; ntsb_create_warehouse() keeps your changes to it';
CREATE VIEW ntsb.year_severity AS
 SELECT mv_year_severity.ev_year,
    mv_year_severity.severity,
    mv_year_severity.is_domestic,
    mv_year_severity.events,
    mv_year_severity.fatalities,
    mv_year_severity.fatal_events_without_count
   FROM ntsb.mv_year_severity;
COMMENT ON VIEW ntsb.year_severity IS 'Events and fatalities by year, severity, and domestic or not';
COMMENT ON COLUMN ntsb.year_severity.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.year_severity.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.year_severity.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.year_severity.events IS 'Number of events';
COMMENT ON COLUMN ntsb.year_severity.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.year_severity.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
CREATE VIEW ntsb.yearly_accident_rates AS
 SELECT r.ev_year,
    max(r.accidents) FILTER (WHERE (r.operations = 'all'::text)) AS accidents,
    max(r.accidents_per_100k_hours) FILTER (WHERE (r.operations = 'all'::text)) AS accidents_per_100k_hours,
    max(r.fatal_accidents_per_100k_hours) FILTER (WHERE (r.operations = 'all'::text)) AS fatal_accidents_per_100k_hours,
    max(r.accidents) FILTER (WHERE (r.operations = 'general_aviation'::text)) AS general_aviation_accidents,
    max(r.accidents_per_100k_hours) FILTER (WHERE (r.operations = 'general_aviation'::text)) AS general_aviation_accidents_per_100k_hours,
    max(r.fatal_accidents_per_100k_hours) FILTER (WHERE (r.operations = 'general_aviation'::text)) AS general_aviation_fatal_accidents_per_100k_hours
   FROM ntsb.accident_rates r
  WHERE (r.acft_category IS NULL)
  GROUP BY r.ev_year;
COMMENT ON VIEW ntsb.yearly_accident_rates IS 'Accident rates per 100,000 flight hours by year, as in ntsb.accident_rates; null if ntsb.exposure_hours has no hours of these operations';
COMMENT ON COLUMN ntsb.yearly_accident_rates.ev_year IS 'Year of the accidents';
COMMENT ON COLUMN ntsb.yearly_accident_rates.accidents IS 'Number of accidents with an aircraft of US registration';
COMMENT ON COLUMN ntsb.yearly_accident_rates.accidents_per_100k_hours IS 'Accidents per 100,000 flight hours, all operations';
COMMENT ON COLUMN ntsb.yearly_accident_rates.fatal_accidents_per_100k_hours IS 'Fatal accidents per 100,000 flight hours, all operations';
COMMENT ON COLUMN ntsb.yearly_accident_rates.general_aviation_accidents IS 'Number of accidents of general aviation';
COMMENT ON COLUMN ntsb.yearly_accident_rates.general_aviation_accidents_per_100k_hours IS 'Accidents of general aviation per 100,000 flight hours';
COMMENT ON COLUMN ntsb.yearly_accident_rates.general_aviation_fatal_accidents_per_100k_hours IS 'Fatal accidents of general aviation per 100,000 flight hours';
CREATE VIEW ntsb.yearly_stats AS
 SELECT mv_yearly_stats.ev_year,
    mv_yearly_stats.events,
    mv_yearly_stats.fatal_events,
    mv_yearly_stats.serious_events,
    mv_yearly_stats.minor_events,
    mv_yearly_stats.uninjured_events,
    mv_yearly_stats.domestic_events,
    mv_yearly_stats.domestic_fatal_events,
    mv_yearly_stats.fatalities,
    mv_yearly_stats.fatal_events_without_count,
    mv_yearly_stats.serious,
    mv_yearly_stats.minor,
    mv_yearly_stats.uninjured,
    mv_yearly_stats.with_findings,
    mv_yearly_stats.final_reports,
    mv_yearly_stats.completeness
   FROM ntsb.mv_yearly_stats;
COMMENT ON VIEW ntsb.yearly_stats IS 'Events and people per year, and the completeness of the year';
COMMENT ON COLUMN ntsb.yearly_stats.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.yearly_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.yearly_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.yearly_stats.serious_events IS 'Events whose highest injury is serious';
COMMENT ON COLUMN ntsb.yearly_stats.minor_events IS 'Events whose highest injury is minor';
COMMENT ON COLUMN ntsb.yearly_stats.uninjured_events IS 'Events without injuries';
COMMENT ON COLUMN ntsb.yearly_stats.domestic_events IS 'Number of events in the United States';
COMMENT ON COLUMN ntsb.yearly_stats.domestic_fatal_events IS 'Number of fatal events in the United States';
COMMENT ON COLUMN ntsb.yearly_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.yearly_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.yearly_stats.serious IS 'People seriously injured';
COMMENT ON COLUMN ntsb.yearly_stats.minor IS 'People with minor injuries';
COMMENT ON COLUMN ntsb.yearly_stats.uninjured IS 'People without injury';
COMMENT ON COLUMN ntsb.yearly_stats.with_findings IS 'Events with published findings';
COMMENT ON COLUMN ntsb.yearly_stats.final_reports IS 'Events with a final report';
COMMENT ON COLUMN ntsb.yearly_stats.completeness IS 'Share (0 to 1) of the events for which NTSB has published findings or a probable cause: recent years are not comparable yet';
CREATE UNLOGGED TABLE ntsb_staging.aircraft (
    ev_id text,
    aircraft_key text,
    regis_no text,
    ntsb_no text,
    acft_missing text,
    far_part text,
    flt_plan_filed text,
    flight_plan_activated text,
    damage text,
    acft_fire text,
    acft_expl text,
    acft_make text,
    acft_model text,
    acft_series text,
    acft_serial_no text,
    cert_max_gr_wt text,
    acft_category text,
    acft_reg_cls text,
    homebuilt text,
    fc_seats text,
    cc_seats text,
    pax_seats text,
    total_seats text,
    num_eng text,
    fixed_retractable text,
    type_last_insp text,
    date_last_insp text,
    afm_hrs_last_insp text,
    afm_hrs text,
    elt_install text,
    elt_oper text,
    elt_aided_loc_ev text,
    elt_type text,
    owner_acft text,
    owner_street text,
    owner_city text,
    owner_state text,
    owner_country text,
    owner_zip text,
    oper_individual_name text,
    oper_name text,
    oper_same text,
    oper_dba text,
    oper_addr_same text,
    oper_street text,
    oper_city text,
    oper_state text,
    oper_country text,
    oper_zip text,
    oper_code text,
    certs_held text,
    oprtng_cert text,
    oper_cert text,
    oper_cert_num text,
    oper_sched text,
    oper_dom_int text,
    oper_pax_cargo text,
    type_fly text,
    second_pilot text,
    dprt_pt_same_ev text,
    dprt_apt_id text,
    dprt_city text,
    dprt_state text,
    dprt_country text,
    dprt_time text,
    dprt_timezn text,
    dest_same_local text,
    dest_apt_id text,
    dest_city text,
    dest_state text,
    dest_country text,
    phase_flt_spec text,
    report_to_icao text,
    evacuation text,
    lchg_date text,
    lchg_userid text,
    afm_hrs_since text,
    rwy_num text,
    rwy_len text,
    rwy_width text,
    site_seeing text,
    air_medical text,
    med_type_flight text,
    acft_year text,
    fuel_on_board text,
    commercial_space_flight text,
    unmanned text,
    ifr_equipped_cert text,
    elt_mounted_aircraft text,
    elt_connected_antenna text,
    elt_manufacturer text,
    elt_model text,
    elt_reason_other text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.aircraft IS 'Raw rows of a file for ntsb.aircraft, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.airport (
    airport_id text,
    icao text,
    iata text,
    local_id text,
    name text,
    city text,
    region text,
    country text,
    kind text,
    elevation_ft text,
    lat text,
    lon text,
    status text,
    edition text
);
COMMENT ON TABLE ntsb_staging.airport IS 'Raw rows of a list of airports, until ntsb_adopt_airports stores them';
CREATE UNLOGGED TABLE ntsb_staging.asrs_report (
    line text,
    fields text
);
COMMENT ON TABLE ntsb_staging.asrs_report IS 'Raw rows of voluntary reports (ASRS), each a JSON object of its values by name, until ntsb_adopt_asrs stores them';
CREATE UNLOGGED TABLE ntsb_staging.case_record (
    ev_id text,
    mkey text,
    case_closed text,
    completion_status text,
    case_type text,
    investigation_class text,
    launch_type text,
    board_launch text,
    region text,
    parties text,
    report_type text,
    report_flavor text,
    publish_profile text,
    report_number text,
    report_date text,
    board_meeting_date text,
    original_published text,
    factual_published text,
    last_revision text,
    docket_opened text,
    docket_page text,
    report_page text,
    investigation_page text,
    has_safety_recommendation text,
    is_study text,
    utc_offset_hours text,
    hazmat_involved text,
    property_damage text,
    environmental_damage text,
    wx_remarks text,
    lchg_date text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.case_record IS 'Raw rows of a file for ntsb.case_record, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.country (
    country_code text,
    country_name text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.country IS 'Raw rows of a file for ntsb.country, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.ct_iaids (
    ct_name text,
    code_iaids text,
    meaning text,
    seq text,
    ntsb_type text,
    ntsb_code text,
    avn_code text,
    ntsb_codes_more text,
    not_for_ntsb_use text,
    eadms_use text,
    notes text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.ct_iaids IS 'Raw rows of a file for ntsb.ct_iaids, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.ct_pre1982 (
    name text,
    code text,
    meang text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.ct_pre1982 IS 'Raw rows of a file for ntsb.ct_pre1982, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.ct_seqevt (
    code text,
    meaning text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.ct_seqevt IS 'Raw rows of a file for ntsb.ct_seqevt, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.dt_aircraft (
    ev_id text,
    aircraft_key text,
    col_name text,
    code text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.dt_aircraft IS 'Raw rows of a file for ntsb.dt_aircraft, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.dt_events (
    ev_id text,
    col_name text,
    code text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.dt_events IS 'Raw rows of a file for ntsb.dt_events, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.dt_flight_crew (
    ev_id text,
    aircraft_key text,
    crew_no text,
    col_name text,
    code text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.dt_flight_crew IS 'Raw rows of a file for ntsb.dt_flight_crew, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.eadmspub_datadictionary (
    category_of_data text,
    "table" text,
    "column" text,
    ct_name text,
    code_iaids text,
    meaning text,
    data_type_eadms text,
    length_eadms text,
    short_desc text,
    question_def text,
    code_meaning text,
    typeofchange text,
    change_notes text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.eadmspub_datadictionary IS 'Raw rows of a file for ntsb.eadmspub_datadictionary, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.engines (
    ev_id text,
    aircraft_key text,
    eng_no text,
    eng_type text,
    eng_mfgr text,
    eng_model text,
    power_units text,
    hp_or_lbs text,
    lchg_userid text,
    lchg_date text,
    carb_fuel_injection text,
    propeller_type text,
    propeller_make text,
    propeller_model text,
    eng_time_total text,
    eng_time_last_insp text,
    eng_time_overhaul text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.engines IS 'Raw rows of a file for ntsb.engines, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.events (
    ev_id text,
    ntsb_no text,
    ev_type text,
    ev_date text,
    ev_dow text,
    ev_time text,
    ev_tmzn text,
    ev_city text,
    ev_state text,
    ev_country text,
    ev_site_zipcode text,
    ev_year text,
    ev_month text,
    mid_air text,
    on_ground_collision text,
    latitude text,
    longitude text,
    latlong_acq text,
    apt_name text,
    ev_nr_apt_id text,
    ev_nr_apt_loc text,
    apt_dist text,
    apt_dir text,
    apt_elev text,
    wx_brief_comp text,
    wx_src_iic text,
    wx_obs_time text,
    wx_obs_dir text,
    wx_obs_fac_id text,
    wx_obs_elev text,
    wx_obs_dist text,
    wx_obs_tmzn text,
    light_cond text,
    sky_cond_nonceil text,
    sky_nonceil_ht text,
    sky_ceil_ht text,
    sky_cond_ceil text,
    vis_rvr text,
    vis_rvv text,
    vis_sm text,
    wx_temp text,
    wx_dew_pt text,
    wind_dir_deg text,
    wind_dir_ind text,
    wind_vel_kts text,
    wind_vel_ind text,
    gust_ind text,
    gust_kts text,
    altimeter text,
    wx_dens_alt text,
    wx_int_precip text,
    metar text,
    ev_highest_injury text,
    inj_f_grnd text,
    inj_m_grnd text,
    inj_s_grnd text,
    inj_tot_f text,
    inj_tot_m text,
    inj_tot_n text,
    inj_tot_s text,
    inj_tot_t text,
    invest_agy text,
    ntsb_docket text,
    ntsb_notf_from text,
    ntsb_notf_date text,
    ntsb_notf_tm text,
    fiche_number text,
    lchg_date text,
    lchg_userid text,
    wx_cond_basic text,
    faa_dist_office text,
    dec_latitude text,
    dec_longitude text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.events IS 'Raw rows of a file for ntsb.events, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.events_sequence (
    ev_id text,
    aircraft_key text,
    occurrence_no text,
    occurrence_code text,
    occurrence_description text,
    phase_no text,
    eventsoe_no text,
    defining_ev text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.events_sequence IS 'Raw rows of a file for ntsb.events_sequence, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.exposure (
    ev_year text,
    operations text,
    acft_category text,
    hours text,
    accidents text,
    fatal_accidents text,
    fatalities text,
    source text,
    edition text,
    revision text
);
COMMENT ON TABLE ntsb_staging.exposure IS 'Raw rows of yearly statistics, until ntsb_adopt_exposure stores them';
CREATE UNLOGGED TABLE ntsb_staging.findings (
    ev_id text,
    aircraft_key text,
    finding_no text,
    finding_code text,
    finding_description text,
    category_no text,
    subcategory_no text,
    section_no text,
    subsection_no text,
    modifier_no text,
    cause_factor text,
    lchg_date text,
    lchg_userid text,
    cm_inpc text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.findings IS 'Raw rows of a file for ntsb.findings, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.flight_crew (
    ev_id text,
    aircraft_key text,
    crew_no text,
    crew_category text,
    crew_age text,
    crew_sex text,
    crew_city text,
    crew_res_state text,
    crew_res_country text,
    med_certf text,
    med_crtf_vldty text,
    date_lst_med text,
    crew_rat_endorse text,
    crew_inj_level text,
    seatbelts_used text,
    shldr_harn_used text,
    crew_tox_perf text,
    seat_occ_pic text,
    pc_profession text,
    bfr text,
    bfr_date text,
    ft_as_of text,
    lchg_date text,
    lchg_userid text,
    seat_occ_row text,
    infl_rest_inst text,
    infl_rest_depl text,
    child_restraint text,
    med_crtf_limit text,
    mr_faa_med_certf text,
    pilot_flying text,
    available_restraint text,
    restraint_used text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.flight_crew IS 'Raw rows of a file for ntsb.flight_crew, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.flight_time (
    ev_id text,
    aircraft_key text,
    crew_no text,
    flight_type text,
    flight_craft text,
    flight_hours text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.flight_time IS 'Raw rows of a file for ntsb.flight_time, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.injury (
    ev_id text,
    aircraft_key text,
    inj_person_category text,
    injury_level text,
    inj_person_count text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.injury IS 'Raw rows of a file for ntsb.injury, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.legacy_cause (
    ev_id text,
    aircraft_key text,
    cause_no text,
    code_p text,
    code_m text,
    code_s text,
    text_p text,
    text_s text,
    lchg_date text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.legacy_cause IS 'Raw rows of a file for ntsb.legacy_cause, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.legacy_event (
    ev_id text,
    recnum text,
    trans_date text,
    docket_no text,
    locat_near text,
    location text,
    second_acft_regno text,
    acc_inc_class text,
    locat_state_terr text,
    acft_make_code text,
    acft_model_code text,
    engin_make text,
    engin_model text,
    type_craft text,
    landing_gear text,
    wgt_cat text,
    no_engines text,
    type_power text,
    acft_adamg text,
    fire_aftr_impt text,
    fuel_type text,
    type_operator text,
    kind_fly_gena text,
    name_comm_carr text,
    operation_type text,
    accident_type1 text,
    operation_phase1 text,
    accident_type2 text,
    operation_phase2 text,
    alt_of_occ text,
    recv_alt text,
    aircraft_speed text,
    operator text,
    forced_landing text,
    emergency text,
    recov_loss text,
    oxy_systm text,
    paraachute text,
    light_cond text,
    type_weathr text,
    wethr_brief text,
    wethr_forcast text,
    flight_plan text,
    instrm_approh text,
    air_equt_inst_flt text,
    airpt_proix text,
    airpt_acc_dirt text,
    lat_dist text,
    airport_class text,
    elev_airpt text,
    runwy_comp text,
    runwy_cond text,
    runwy_lite text,
    runwy_hazz text,
    runwy_barr text,
    tower_unicom text,
    runway_ln text,
    depart_pt text,
    lastpln_depart text,
    inten_destin text,
    gndele_accsite text,
    terrain_typ text,
    miss_aircft text,
    airspace_seg text,
    pilot_involed1 text,
    pilot_involed2 text,
    hours_total_pilot1 text,
    hours_total_pilot2 text,
    hours_in_type_pilot1 text,
    hours_in_type_pilot2 text,
    age_pilot1 text,
    age_pilot2 text,
    medical_cert_pilot1 text,
    medical_cert_pilot2 text,
    rating_1 text,
    rating_2 text,
    rated_aircraft_1 text,
    rated_aircraft_2 text,
    certificate_pilot1 text,
    certificate_pilot2 text,
    occupation_1 text,
    occupation_2 text,
    at_controls text,
    injury_index text,
    pilot_unknown text,
    co_pilot_unknown text,
    dual_student_unknown text,
    hull_loss text,
    chk_pilot_unknown text,
    flt_engn_unknown text,
    navigtr_fatal text,
    navigtr_serious text,
    navigtr_minor text,
    navigtr_none text,
    navigtr_unknown text,
    navigtr_totals text,
    cabin_attn_unknown text,
    extra_crew_fatal text,
    extra_crew_serious text,
    extra_crew_minor text,
    extra_crew_none text,
    extra_crew_unknown text,
    extra_crew_totals text,
    passengers_unknown text,
    total_abrd_unknown text,
    other_airc_fatal text,
    other_airc_serious text,
    other_airc_minor text,
    other_airc_none text,
    other_airc_unknown text,
    other_airc_totals text,
    other_grnd_none text,
    other_grnd_unknown text,
    other_xxxx_totals text,
    bi_fligt_rev text,
    recency_expr text,
    comm_plt_prof text,
    runway_used text,
    grand_total_unknown text,
    grand_total_totals text,
    faa_persnl_fatal text,
    lchg_date text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.legacy_event IS 'Raw rows of a file for ntsb.legacy_event, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.metar (
    station text,
    valid text,
    lon text,
    lat text,
    tmpf text,
    dwpf text,
    drct text,
    sknt text,
    alti text,
    vsby text,
    gust text,
    skyc1 text,
    skyc2 text,
    skyc3 text,
    skyc4 text,
    skyl1 text,
    skyl2 text,
    skyl3 text,
    skyl4 text,
    wxcodes text,
    report_type text,
    metar text
);
COMMENT ON TABLE ntsb_staging.metar IS 'Raw rows of a file of weather observations, until ntsb_adopt_metar stores them';
CREATE UNLOGGED TABLE ntsb_staging.narratives (
    ev_id text,
    aircraft_key text,
    narr_accp text,
    narr_accf text,
    narr_cause text,
    narr_inc text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.narratives IS 'Raw rows of a file for ntsb.narratives, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.ntsb_admin (
    ev_id text,
    rec_stat text,
    approval_date text,
    lchg_userid text,
    lchg_date text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.ntsb_admin IS 'Raw rows of a file for ntsb.ntsb_admin, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.occurrences (
    ev_id text,
    aircraft_key text,
    occurrence_no text,
    occurrence_code text,
    phase_of_flight text,
    altitude text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.occurrences IS 'Raw rows of a file for ntsb.occurrences, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.registry_deregistered (
    n_number text,
    serial_no text,
    type_code text,
    engine_code text,
    year_manufactured text,
    valid_from text,
    valid_until text,
    certification text,
    status text,
    airworthiness_date text,
    kit_make text,
    kit_model text,
    mode_s_hex text,
    export_country text
);
COMMENT ON TABLE ntsb_staging.registry_deregistered IS 'Raw rows of DEREG.txt of the FAA registry, without names and addresses,, until ntsb_adopt_registry stores them';
CREATE UNLOGGED TABLE ntsb_staging.registry_engine (
    code text,
    make text,
    model text,
    engine_type text,
    horsepower text,
    thrust text
);
COMMENT ON TABLE ntsb_staging.registry_engine IS 'Raw rows of ENGINE.txt of the FAA registry, until ntsb_adopt_registry stores them';
CREATE UNLOGGED TABLE ntsb_staging.registry_master (
    n_number text,
    serial_no text,
    type_code text,
    engine_code text,
    year_manufactured text,
    registrant_type text,
    last_action_date text,
    valid_from text,
    certification text,
    status text,
    is_fractional text,
    airworthiness_date text,
    expiration_date text,
    kit_make text,
    kit_model text,
    mode_s_hex text
);
COMMENT ON TABLE ntsb_staging.registry_master IS 'Raw rows of MASTER.txt of the FAA registry, without names and addresses,, until ntsb_adopt_registry stores them';
CREATE UNLOGGED TABLE ntsb_staging.registry_type (
    code text,
    make text,
    model text,
    aircraft_type text,
    engine_type text,
    category text,
    build_certification text,
    engines text,
    seats text,
    weight_class text,
    speed text
);
COMMENT ON TABLE ntsb_staging.registry_type IS 'Raw rows of ACFTREF.txt of the FAA registry, until ntsb_adopt_registry stores them';
CREATE UNLOGGED TABLE ntsb_staging.runway (
    airport_id text,
    runway_id text,
    le_ident text,
    he_ident text,
    length_ft text,
    width_ft text,
    surface text,
    lighted text,
    closed text,
    edition text
);
COMMENT ON TABLE ntsb_staging.runway IS 'Raw rows of a list of runways, until ntsb_adopt_runways stores them';
CREATE UNLOGGED TABLE ntsb_staging.safety_recommendation (
    line text,
    record text
);
COMMENT ON TABLE ntsb_staging.safety_recommendation IS 'Raw rows of safety recommendations, each as JSON, until ntsb_adopt_recommendations stores them';
CREATE UNLOGGED TABLE ntsb_staging.seq_of_events (
    ev_id text,
    aircraft_key text,
    occurrence_no text,
    seq_event_no text,
    group_code text,
    subj_code text,
    cause_factor text,
    modifier_code text,
    person_code text,
    lchg_date text,
    lchg_userid text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.seq_of_events IS 'Raw rows of a file for ntsb.seq_of_events, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.sequence_group (
    ev_id text,
    aircraft_key text,
    occurrence_no text,
    sequence_no text,
    event_group text,
    phase_group text,
    lchg_date text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.sequence_group IS 'Raw rows of a file for ntsb.sequence_group, until CALL ntsb_ingest(batch_id) loads them';
CREATE UNLOGGED TABLE ntsb_staging.states (
    state text,
    name text,
    faa_region text,
    batch_id bigint DEFAULT (NULLIF(current_setting('ntsb.batch_id'::text, true), ''::text))::bigint NOT NULL
);
COMMENT ON TABLE ntsb_staging.states IS 'Raw rows of a file for ntsb.states, until CALL ntsb_ingest(batch_id) loads them';
ALTER TABLE ONLY ntsb.events ATTACH PARTITION ntsb.events_1960s FOR VALUES FROM ('1960') TO ('1970');
ALTER TABLE ONLY ntsb.events ATTACH PARTITION ntsb.events_1970s FOR VALUES FROM ('1970') TO ('1980');
ALTER TABLE ONLY ntsb.events ATTACH PARTITION ntsb.events_1980s FOR VALUES FROM ('1980') TO ('1990');
ALTER TABLE ONLY ntsb.events ATTACH PARTITION ntsb.events_1990s FOR VALUES FROM ('1990') TO ('2000');
ALTER TABLE ONLY ntsb.events ATTACH PARTITION ntsb.events_2000s FOR VALUES FROM ('2000') TO ('2010');
ALTER TABLE ONLY ntsb.events ATTACH PARTITION ntsb.events_2010s FOR VALUES FROM ('2010') TO ('2020');
ALTER TABLE ONLY ntsb.events ATTACH PARTITION ntsb.events_2020s FOR VALUES FROM ('2020') TO ('2030');
ALTER TABLE ONLY ntsb.events ATTACH PARTITION ntsb.events_other DEFAULT;
ALTER TABLE ONLY asrs.aircraft
    ADD CONSTRAINT aircraft_pkey PRIMARY KEY (acn, aircraft_no);
ALTER TABLE ONLY asrs.change_log
    ADD CONSTRAINT change_log_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY asrs.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (acn);
ALTER TABLE ONLY asrs.load
    ADD CONSTRAINT load_pkey PRIMARY KEY (load_id);
ALTER TABLE ONLY asrs.narrative
    ADD CONSTRAINT narrative_pkey PRIMARY KEY (acn, narrative_no);
ALTER TABLE ONLY asrs.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (acn, person_no);
ALTER TABLE ONLY asrs.report
    ADD CONSTRAINT report_pkey PRIMARY KEY (acn);
ALTER TABLE ONLY ntsb.aircraft
    ADD CONSTRAINT aircraft_pkey PRIMARY KEY (ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.aircraft_type_reference
    ADD CONSTRAINT aircraft_type_reference_pkey PRIMARY KEY (type_code);
ALTER TABLE ONLY ntsb.airport
    ADD CONSTRAINT airport_pkey PRIMARY KEY (airport_id);
ALTER TABLE ONLY ntsb.alert_delivery
    ADD CONSTRAINT alert_delivery_pkey PRIMARY KEY (alert_id, target);
ALTER TABLE ONLY ntsb.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (alert_id);
ALTER TABLE ONLY ntsb.api_key
    ADD CONSTRAINT api_key_key_hash_key UNIQUE (key_hash);
ALTER TABLE ONLY ntsb.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (key_id);
ALTER TABLE ONLY ntsb.archive
    ADD CONSTRAINT archive_pkey PRIMARY KEY (archive_id);
ALTER TABLE ONLY ntsb.archived_event
    ADD CONSTRAINT archived_event_pkey PRIMARY KEY (ev_id);
ALTER TABLE ONLY ntsb.backup
    ADD CONSTRAINT backup_pkey PRIMARY KEY (backup_id);
ALTER TABLE ONLY ntsb.backup
    ADD CONSTRAINT backup_stanza_repository_label_key UNIQUE (stanza, repository, label);
ALTER TABLE ONLY ntsb.batch_defects
    ADD CONSTRAINT batch_defects_pkey PRIMARY KEY (batch_id, rule_id, table_name, column_name, subject);
ALTER TABLE ONLY ntsb.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (batch_id);
ALTER TABLE ONLY ntsb.batch_table
    ADD CONSTRAINT batch_table_pkey PRIMARY KEY (batch_id, table_name);
ALTER TABLE ONLY ntsb.bridge_event_aircraft
    ADD CONSTRAINT bridge_event_aircraft_pkey PRIMARY KEY (accident_id, aircraft_key);
ALTER TABLE ONLY ntsb.bridge_event_cause
    ADD CONSTRAINT bridge_event_cause_pkey PRIMARY KEY (accident_id, "position");
ALTER TABLE ONLY ntsb.bridge_event_crew
    ADD CONSTRAINT bridge_event_crew_pkey PRIMARY KEY (accident_id, aircraft_key, crew_no);
ALTER TABLE ONLY ntsb.case_record
    ADD CONSTRAINT case_record_pkey PRIMARY KEY (ev_id);
ALTER TABLE ONLY ntsb.change_log
    ADD CONSTRAINT change_log_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY ntsb.cluster_member
    ADD CONSTRAINT cluster_member_pkey PRIMARY KEY (run_id, ev_id);
ALTER TABLE ONLY ntsb.cluster_run
    ADD CONSTRAINT cluster_run_eps_km_min_points_filter_key UNIQUE (eps_km, min_points, filter);
ALTER TABLE ONLY ntsb.cluster_run
    ADD CONSTRAINT cluster_run_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY ntsb.code_crosswalk
    ADD CONSTRAINT code_crosswalk_pkey PRIMARY KEY (kind, code);
ALTER TABLE ONLY ntsb.code_meaning
    ADD CONSTRAINT code_meaning_pkey PRIMARY KEY (kind, code) INCLUDE (meaning);
ALTER TABLE ONLY ntsb.country_iso
    ADD CONSTRAINT country_iso_pkey PRIMARY KEY (country_code);
ALTER TABLE ONLY ntsb.country
    ADD CONSTRAINT country_pkey PRIMARY KEY (country_code);
ALTER TABLE ONLY ntsb.ct_iaids
    ADD CONSTRAINT ct_iaids_pkey PRIMARY KEY (content_hash);
ALTER TABLE ONLY ntsb.ct_pre1982
    ADD CONSTRAINT ct_pre1982_pkey PRIMARY KEY (content_hash);
ALTER TABLE ONLY ntsb.ct_seqevt
    ADD CONSTRAINT ct_seqevt_pkey PRIMARY KEY (code);
ALTER TABLE ONLY ntsb.dag
    ADD CONSTRAINT dag_pkey PRIMARY KEY (dag);
ALTER TABLE ONLY ntsb.dag_run
    ADD CONSTRAINT dag_run_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY ntsb.dag_task
    ADD CONSTRAINT dag_task_pkey PRIMARY KEY (dag, task);
ALTER TABLE ONLY ntsb.dim_aircraft
    ADD CONSTRAINT dim_aircraft_natural_key_key UNIQUE (natural_key);
ALTER TABLE ONLY ntsb.dim_aircraft
    ADD CONSTRAINT dim_aircraft_no_overlap EXCLUDE USING gist (regis_no WITH =, daterange(valid_from, valid_to) WITH &&) WHERE ((NOT is_current));
ALTER TABLE ONLY ntsb.dim_aircraft
    ADD CONSTRAINT dim_aircraft_pkey PRIMARY KEY (aircraft_id);
ALTER TABLE ONLY ntsb.dim_aircraft
    ADD CONSTRAINT dim_aircraft_regis_no_valid_from_key UNIQUE (regis_no, valid_from);
ALTER TABLE ONLY ntsb.dim_causes
    ADD CONSTRAINT dim_causes_natural_key_key UNIQUE (natural_key);
ALTER TABLE ONLY ntsb.dim_causes
    ADD CONSTRAINT dim_causes_pkey PRIMARY KEY (cause_id);
ALTER TABLE ONLY ntsb.dim_crew
    ADD CONSTRAINT dim_crew_member_valid_from_key UNIQUE (member, valid_from);
ALTER TABLE ONLY ntsb.dim_crew
    ADD CONSTRAINT dim_crew_no_overlap EXCLUDE USING gist (member WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE ((NOT is_current));
ALTER TABLE ONLY ntsb.dim_crew
    ADD CONSTRAINT dim_crew_pkey PRIMARY KEY (crew_id);
ALTER TABLE ONLY ntsb.dim_location
    ADD CONSTRAINT dim_location_natural_key_key UNIQUE (natural_key);
ALTER TABLE ONLY ntsb.dim_location
    ADD CONSTRAINT dim_location_pkey PRIMARY KEY (location_id);
ALTER TABLE ONLY ntsb.dim_time
    ADD CONSTRAINT dim_time_full_date_key UNIQUE (full_date);
ALTER TABLE ONLY ntsb.dim_time
    ADD CONSTRAINT dim_time_pkey PRIMARY KEY (time_id);
ALTER TABLE ONLY ntsb.dim_weather
    ADD CONSTRAINT dim_weather_natural_key_key UNIQUE (natural_key);
ALTER TABLE ONLY ntsb.dim_weather
    ADD CONSTRAINT dim_weather_pkey PRIMARY KEY (weather_id);
ALTER TABLE ONLY ntsb.distributed_load
    ADD CONSTRAINT distributed_load_pkey PRIMARY KEY (load_id);
ALTER TABLE ONLY ntsb.distributed_load_shard
    ADD CONSTRAINT distributed_load_shard_gid_key UNIQUE (gid);
ALTER TABLE ONLY ntsb.distributed_load_shard
    ADD CONSTRAINT distributed_load_shard_pkey PRIMARY KEY (load_id, shard_name);
ALTER TABLE ONLY ntsb.drift_report
    ADD CONSTRAINT drift_report_pkey PRIMARY KEY (report_id, feature);
ALTER TABLE ONLY ntsb.dt_aircraft
    ADD CONSTRAINT dt_aircraft_pkey PRIMARY KEY (ev_id, aircraft_key, col_name, code);
ALTER TABLE ONLY ntsb.dt_events
    ADD CONSTRAINT dt_events_pkey PRIMARY KEY (ev_id, col_name, code);
ALTER TABLE ONLY ntsb.dt_flight_crew
    ADD CONSTRAINT dt_flight_crew_pkey PRIMARY KEY (ev_id, aircraft_key, crew_no, col_name, code);
ALTER TABLE ONLY ntsb.eadmspub_datadictionary
    ADD CONSTRAINT eadmspub_datadictionary_pkey PRIMARY KEY (content_hash);
ALTER TABLE ONLY ntsb.engine_type_reference
    ADD CONSTRAINT engine_type_reference_pkey PRIMARY KEY (engine_code);
ALTER TABLE ONLY ntsb.engines
    ADD CONSTRAINT engines_pkey PRIMARY KEY (ev_id, aircraft_key, eng_no);
ALTER TABLE ONLY ntsb.event_key
    ADD CONSTRAINT event_key_ev_id_ev_year_key UNIQUE (ev_id, ev_year);
ALTER TABLE ONLY ntsb.event_key
    ADD CONSTRAINT event_key_pkey PRIMARY KEY (ev_id);
ALTER TABLE ONLY ntsb.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_1960s
    ADD CONSTRAINT events_1960s_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_1970s
    ADD CONSTRAINT events_1970s_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_1980s
    ADD CONSTRAINT events_1980s_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_1990s
    ADD CONSTRAINT events_1990s_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_2000s
    ADD CONSTRAINT events_2000s_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_2010s
    ADD CONSTRAINT events_2010s_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_2020s
    ADD CONSTRAINT events_2020s_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_other
    ADD CONSTRAINT events_other_pkey PRIMARY KEY (ev_id, ev_year);
ALTER TABLE ONLY ntsb.events_sequence
    ADD CONSTRAINT events_sequence_pkey PRIMARY KEY (ev_id, aircraft_key, occurrence_no);
ALTER TABLE ONLY ntsb.exposure_hours
    ADD CONSTRAINT exposure_hours_pkey PRIMARY KEY (exposure_id);
ALTER TABLE ONLY ntsb.exposure_hours
    ADD CONSTRAINT exposure_hours_slice UNIQUE NULLS NOT DISTINCT (ev_year, operations, acft_category, source, edition, revision);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_ev_id_key UNIQUE (ev_id);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_pkey PRIMARY KEY (accident_id);
ALTER TABLE ONLY ntsb.feature
    ADD CONSTRAINT feature_pkey PRIMARY KEY (name);
ALTER TABLE ONLY ntsb.feature
    ADD CONSTRAINT feature_position_key UNIQUE ("position");
ALTER TABLE ONLY ntsb.findings
    ADD CONSTRAINT findings_pkey PRIMARY KEY (ev_id, aircraft_key, finding_no);
ALTER TABLE ONLY ntsb.flight_crew
    ADD CONSTRAINT flight_crew_pkey PRIMARY KEY (ev_id, aircraft_key, crew_no);
ALTER TABLE ONLY ntsb.flight_time
    ADD CONSTRAINT flight_time_pkey PRIMARY KEY (ev_id, aircraft_key, crew_no, flight_type, flight_craft);
ALTER TABLE ONLY ntsb.injury
    ADD CONSTRAINT injury_pkey PRIMARY KEY (ev_id, aircraft_key, inj_person_category, injury_level);
ALTER TABLE ONLY ntsb.legacy_cause
    ADD CONSTRAINT legacy_cause_pkey PRIMARY KEY (ev_id, aircraft_key, cause_no);
ALTER TABLE ONLY ntsb.legacy_event
    ADD CONSTRAINT legacy_event_pkey PRIMARY KEY (ev_id);
ALTER TABLE ONLY ntsb.maintenance
    ADD CONSTRAINT maintenance_pkey PRIMARY KEY (object, action);
ALTER TABLE ONLY ntsb.metar_file
    ADD CONSTRAINT metar_file_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY ntsb.metar
    ADD CONSTRAINT metar_pkey PRIMARY KEY (metar_id);
ALTER TABLE ONLY ntsb.model
    ADD CONSTRAINT model_name_target_version_key UNIQUE (name, target, version);
ALTER TABLE ONLY ntsb.model
    ADD CONSTRAINT model_pkey PRIMARY KEY (model_id);
ALTER TABLE ONLY ntsb.model_run
    ADD CONSTRAINT model_run_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY ntsb.monthly_report
    ADD CONSTRAINT monthly_report_pkey PRIMARY KEY (month);
ALTER TABLE ONLY ntsb.moved_event
    ADD CONSTRAINT moved_event_pkey PRIMARY KEY (batch_id, ev_id);
ALTER TABLE ONLY ntsb.narratives
    ADD CONSTRAINT narratives_pkey PRIMARY KEY (ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.ntsb_admin
    ADD CONSTRAINT ntsb_admin_pkey PRIMARY KEY (ev_id);
ALTER TABLE ONLY ntsb.occurrences
    ADD CONSTRAINT occurrences_pkey PRIMARY KEY (ev_id, aircraft_key, occurrence_no);
ALTER TABLE ONLY ntsb.place_history
    ADD CONSTRAINT place_history_pkey PRIMARY KEY (per_degree, lat_cell, lon_cell, as_of);
ALTER TABLE ONLY ntsb.predictions
    ADD CONSTRAINT predictions_pkey PRIMARY KEY (model_id, ev_id);
ALTER TABLE ONLY ntsb.published_statistics
    ADD CONSTRAINT published_statistics_pkey PRIMARY KEY (ev_year, operations, source, edition, revision);
ALTER TABLE ONLY ntsb.refresh_state
    ADD CONSTRAINT refresh_state_pkey PRIMARY KEY (what);
ALTER TABLE ONLY ntsb.registration_match
    ADD CONSTRAINT registration_match_pkey PRIMARY KEY (ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.registration
    ADD CONSTRAINT registration_n_number_serial_key_valid_from_valid_until_key UNIQUE NULLS NOT DISTINCT (n_number, serial_key, valid_from, valid_until);
ALTER TABLE ONLY ntsb.registration
    ADD CONSTRAINT registration_pkey PRIMARY KEY (registration_id);
ALTER TABLE ONLY ntsb.relay_alert
    ADD CONSTRAINT relay_alert_alert_id_key UNIQUE (alert_id);
ALTER TABLE ONLY ntsb.relay_alert
    ADD CONSTRAINT relay_alert_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY ntsb.relay_cursor
    ADD CONSTRAINT relay_cursor_pkey PRIMARY KEY (target, topic);
ALTER TABLE ONLY ntsb.relay_prediction
    ADD CONSTRAINT relay_prediction_ev_id_model_id_key UNIQUE (ev_id, model_id);
ALTER TABLE ONLY ntsb.relay_prediction
    ADD CONSTRAINT relay_prediction_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY ntsb.restore_drill
    ADD CONSTRAINT restore_drill_pkey PRIMARY KEY (drill_id);
ALTER TABLE ONLY ntsb.row_defects
    ADD CONSTRAINT row_defects_pkey PRIMARY KEY (row_key, table_name, column_name, defect);
ALTER TABLE ONLY ntsb.runway
    ADD CONSTRAINT runway_pkey PRIMARY KEY (airport_id, ident);
ALTER TABLE ONLY ntsb.safety_recommendation_addressee
    ADD CONSTRAINT safety_recommendation_addressee_pkey PRIMARY KEY (rec_no, addressee);
ALTER TABLE ONLY ntsb.safety_recommendation_event
    ADD CONSTRAINT safety_recommendation_event_pkey PRIMARY KEY (rec_no, reference);
ALTER TABLE ONLY ntsb.safety_recommendation_history
    ADD CONSTRAINT safety_recommendation_history_pkey PRIMARY KEY (rec_no, version);
ALTER TABLE ONLY ntsb.safety_recommendation
    ADD CONSTRAINT safety_recommendation_pkey PRIMARY KEY (rec_no);
ALTER TABLE ONLY ntsb.schema_object
    ADD CONSTRAINT schema_object_pkey PRIMARY KEY (kind, name);
ALTER TABLE ONLY ntsb.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY ntsb.schema_view
    ADD CONSTRAINT schema_view_pkey PRIMARY KEY (name);
ALTER TABLE ONLY ntsb.search_document
    ADD CONSTRAINT search_document_pkey PRIMARY KEY (ev_id);
ALTER TABLE ONLY ntsb.search_posting
    ADD CONSTRAINT search_posting_pkey PRIMARY KEY (fact, term, segment);
ALTER TABLE ONLY ntsb.search_segment
    ADD CONSTRAINT search_segment_pkey PRIMARY KEY (segment);
ALTER TABLE ONLY ntsb.seq_of_events
    ADD CONSTRAINT seq_of_events_pkey PRIMARY KEY (ev_id, aircraft_key, occurrence_no, seq_event_no, group_code);
ALTER TABLE ONLY ntsb.sequence_group
    ADD CONSTRAINT sequence_group_pkey PRIMARY KEY (ev_id, aircraft_key, occurrence_no);
ALTER TABLE ONLY ntsb.shard_member
    ADD CONSTRAINT shard_member_pkey PRIMARY KEY (is_member);
ALTER TABLE ONLY ntsb.shard
    ADD CONSTRAINT shard_pkey PRIMARY KEY (shard_name);
ALTER TABLE ONLY ntsb.shard
    ADD CONSTRAINT shard_shard_number_key UNIQUE (shard_number);
ALTER TABLE ONLY ntsb.shard
    ADD CONSTRAINT shard_years_overlap EXCLUDE USING gist (int4range((first_year)::integer, (last_year)::integer, '[]'::text) WITH &&);
ALTER TABLE ONLY ntsb.source_state
    ADD CONSTRAINT source_state_pkey PRIMARY KEY (source);
ALTER TABLE ONLY ntsb.staging_quarantine
    ADD CONSTRAINT staging_quarantine_pkey PRIMARY KEY (quarantine_id);
ALTER TABLE ONLY ntsb.states
    ADD CONSTRAINT states_pkey PRIMARY KEY (state);
ALTER TABLE ONLY ntsb.task_run
    ADD CONSTRAINT task_run_pkey PRIMARY KEY (task_run_id);
ALTER TABLE ONLY ntsb.task_run
    ADD CONSTRAINT task_run_run_id_task_key UNIQUE (run_id, task);
ALTER TABLE ONLY ntsb.type_history
    ADD CONSTRAINT type_history_pkey PRIMARY KEY (acft_make, acft_model, as_of);
ALTER TABLE ONLY ntsb.validation_rule
    ADD CONSTRAINT validation_rule_pkey PRIMARY KEY (rule_id);
ALTER TABLE ONLY ntsb.weather_station
    ADD CONSTRAINT weather_station_pkey PRIMARY KEY (station);
ALTER TABLE ONLY ntsb.year_completeness
    ADD CONSTRAINT year_completeness_pkey PRIMARY KEY (ev_year);
CREATE INDEX aircraft_make_model_idx ON asrs.aircraft USING btree (make_model);
CREATE INDEX change_log_acn_idx ON asrs.change_log USING btree (acn);
CREATE INDEX report_month_idx ON asrs.report USING btree (year, month);
CREATE INDEX report_words_idx ON asrs.report USING gin (words);
CREATE INDEX aircraft_make_model_idx ON ntsb.aircraft USING btree (acft_make, acft_model);
CREATE INDEX aircraft_regis_no_idx ON ntsb.aircraft USING btree (regis_no);
CREATE INDEX aircraft_registration_idx ON ntsb.aircraft USING btree (upper(regexp_replace(regis_no, '[^A-Za-z0-9]'::text, ''::text, 'g'::text)));
CREATE INDEX airport_geog_idx ON ntsb.airport USING gist (geog);
CREATE INDEX airport_icao_idx ON ntsb.airport USING btree (icao);
CREATE INDEX airport_icao_without_k_idx ON ntsb.airport USING btree (substr(icao, 2)) WHERE (icao ~~ 'K%'::text);
CREATE INDEX airport_local_id_idx ON ntsb.airport USING btree (local_id);
CREATE INDEX airport_local_id_with_k_idx ON ntsb.airport USING btree ((('K'::text || local_id))) WHERE (length(local_id) = 3);
CREATE INDEX alert_open_idx ON ntsb.alert USING btree (kind, raised_at) WHERE (acknowledged_at IS NULL);
CREATE INDEX archived_event_archive_idx ON ntsb.archived_event USING btree (archive_id);
CREATE INDEX archived_event_ntsb_no_idx ON ntsb.archived_event USING btree (ntsb_no);
CREATE INDEX backup_finished_idx ON ntsb.backup USING btree (type, finished_at DESC) WHERE (error IS NULL);
CREATE INDEX bridge_event_aircraft_aircraft_id_idx ON ntsb.bridge_event_aircraft USING btree (aircraft_id);
CREATE INDEX bridge_event_cause_cause_id_idx ON ntsb.bridge_event_cause USING btree (cause_id);
CREATE INDEX bridge_event_crew_crew_id_idx ON ntsb.bridge_event_crew USING btree (crew_id);
CREATE INDEX case_record_mkey_idx ON ntsb.case_record USING btree (mkey);
CREATE INDEX change_log_batch_idx ON ntsb.change_log USING brin (batch_id);
CREATE INDEX change_log_ev_id_idx ON ntsb.change_log USING btree (ev_id);
CREATE INDEX cluster_member_cluster_idx ON ntsb.cluster_member USING btree (run_id, cluster_id);
CREATE INDEX ct_iaids_code_idx ON ntsb.ct_iaids USING btree (ct_name, code_iaids);
CREATE INDEX ct_pre1982_code_idx ON ntsb.ct_pre1982 USING btree (name, code);
CREATE INDEX dag_run_dag_idx ON ntsb.dag_run USING btree (dag, run_id);
CREATE UNIQUE INDEX dag_run_queued_idx ON ntsb.dag_run USING btree (dag) WHERE (state = 'queued'::text);
CREATE UNIQUE INDEX dag_run_running_idx ON ntsb.dag_run USING btree (dag) WHERE (state = 'running'::text);
CREATE UNIQUE INDEX dim_aircraft_current_idx ON ntsb.dim_aircraft USING btree (regis_no) WHERE is_current;
CREATE INDEX dim_causes_code_idx ON ntsb.dim_causes USING btree (code);
CREATE UNIQUE INDEX dim_crew_current_idx ON ntsb.dim_crew USING btree (member) WHERE is_current;
CREATE INDEX dim_location_geog_idx ON ntsb.dim_location USING gist (geog);
CREATE INDEX distributed_load_unfinished_idx ON ntsb.distributed_load USING btree (load_id) WHERE (finished_at IS NULL);
CREATE INDEX events_date_injury_idx ON ONLY ntsb.events USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_1960s_ev_date_ev_highest_injury_idx ON ntsb.events_1960s USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_ev_date_idx ON ONLY ntsb.events USING btree (ev_date);
CREATE INDEX events_1960s_ev_date_idx ON ntsb.events_1960s USING btree (ev_date);
CREATE INDEX events_airport_id_idx ON ONLY ntsb.events USING btree (ev_nr_apt_id);
CREATE INDEX events_1960s_ev_nr_apt_id_idx ON ntsb.events_1960s USING btree (ev_nr_apt_id);
CREATE INDEX events_ev_state_idx ON ONLY ntsb.events USING btree (ev_state);
CREATE INDEX events_1960s_ev_state_idx ON ntsb.events_1960s USING btree (ev_state);
CREATE INDEX events_geog_idx ON ONLY ntsb.events USING gist (geog);
CREATE INDEX events_1960s_geog_idx ON ntsb.events_1960s USING gist (geog);
CREATE INDEX events_airport_name_idx ON ONLY ntsb.events USING btree (upper(apt_name));
CREATE INDEX events_1960s_upper_idx ON ntsb.events_1960s USING btree (upper(apt_name));
CREATE INDEX events_1970s_ev_date_ev_highest_injury_idx ON ntsb.events_1970s USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_1970s_ev_date_idx ON ntsb.events_1970s USING btree (ev_date);
CREATE INDEX events_1970s_ev_nr_apt_id_idx ON ntsb.events_1970s USING btree (ev_nr_apt_id);
CREATE INDEX events_1970s_ev_state_idx ON ntsb.events_1970s USING btree (ev_state);
CREATE INDEX events_1970s_geog_idx ON ntsb.events_1970s USING gist (geog);
CREATE INDEX events_1970s_upper_idx ON ntsb.events_1970s USING btree (upper(apt_name));
CREATE INDEX events_1980s_ev_date_ev_highest_injury_idx ON ntsb.events_1980s USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_1980s_ev_date_idx ON ntsb.events_1980s USING btree (ev_date);
CREATE INDEX events_1980s_ev_nr_apt_id_idx ON ntsb.events_1980s USING btree (ev_nr_apt_id);
CREATE INDEX events_1980s_ev_state_idx ON ntsb.events_1980s USING btree (ev_state);
CREATE INDEX events_1980s_geog_idx ON ntsb.events_1980s USING gist (geog);
CREATE INDEX events_1980s_upper_idx ON ntsb.events_1980s USING btree (upper(apt_name));
CREATE INDEX events_1990s_ev_date_ev_highest_injury_idx ON ntsb.events_1990s USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_1990s_ev_date_idx ON ntsb.events_1990s USING btree (ev_date);
CREATE INDEX events_1990s_ev_nr_apt_id_idx ON ntsb.events_1990s USING btree (ev_nr_apt_id);
CREATE INDEX events_1990s_ev_state_idx ON ntsb.events_1990s USING btree (ev_state);
CREATE INDEX events_1990s_geog_idx ON ntsb.events_1990s USING gist (geog);
CREATE INDEX events_1990s_upper_idx ON ntsb.events_1990s USING btree (upper(apt_name));
CREATE INDEX events_2000s_ev_date_ev_highest_injury_idx ON ntsb.events_2000s USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_2000s_ev_date_idx ON ntsb.events_2000s USING btree (ev_date);
CREATE INDEX events_2000s_ev_nr_apt_id_idx ON ntsb.events_2000s USING btree (ev_nr_apt_id);
CREATE INDEX events_2000s_ev_state_idx ON ntsb.events_2000s USING btree (ev_state);
CREATE INDEX events_2000s_geog_idx ON ntsb.events_2000s USING gist (geog);
CREATE INDEX events_2000s_upper_idx ON ntsb.events_2000s USING btree (upper(apt_name));
CREATE INDEX events_2010s_ev_date_ev_highest_injury_idx ON ntsb.events_2010s USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_2010s_ev_date_idx ON ntsb.events_2010s USING btree (ev_date);
CREATE INDEX events_2010s_ev_nr_apt_id_idx ON ntsb.events_2010s USING btree (ev_nr_apt_id);
CREATE INDEX events_2010s_ev_state_idx ON ntsb.events_2010s USING btree (ev_state);
CREATE INDEX events_2010s_geog_idx ON ntsb.events_2010s USING gist (geog);
CREATE INDEX events_2010s_upper_idx ON ntsb.events_2010s USING btree (upper(apt_name));
CREATE INDEX events_2020s_ev_date_ev_highest_injury_idx ON ntsb.events_2020s USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_2020s_ev_date_idx ON ntsb.events_2020s USING btree (ev_date);
CREATE INDEX events_2020s_ev_nr_apt_id_idx ON ntsb.events_2020s USING btree (ev_nr_apt_id);
CREATE INDEX events_2020s_ev_state_idx ON ntsb.events_2020s USING btree (ev_state);
CREATE INDEX events_2020s_geog_idx ON ntsb.events_2020s USING gist (geog);
CREATE INDEX events_2020s_upper_idx ON ntsb.events_2020s USING btree (upper(apt_name));
CREATE INDEX events_other_ev_date_ev_highest_injury_idx ON ntsb.events_other USING btree (ev_date, ev_highest_injury);
CREATE INDEX events_other_ev_date_idx ON ntsb.events_other USING btree (ev_date);
CREATE INDEX events_other_ev_nr_apt_id_idx ON ntsb.events_other USING btree (ev_nr_apt_id);
CREATE INDEX events_other_ev_state_idx ON ntsb.events_other USING btree (ev_state);
CREATE INDEX events_other_geog_idx ON ntsb.events_other USING gist (geog);
CREATE INDEX events_other_upper_idx ON ntsb.events_other USING btree (upper(apt_name));
CREATE INDEX events_sequence_code_idx ON ntsb.events_sequence USING btree (occurrence_code);
CREATE INDEX fact_accidents_aircraft_id_idx ON ntsb.fact_accidents USING btree (aircraft_id);
CREATE INDEX fact_accidents_crew_id_idx ON ntsb.fact_accidents USING btree (crew_id);
CREATE INDEX fact_accidents_ev_date_idx ON ntsb.fact_accidents USING btree (ev_date);
CREATE INDEX fact_accidents_finding_cause_id_idx ON ntsb.fact_accidents USING btree (finding_cause_id);
CREATE INDEX fact_accidents_geog_idx ON ntsb.fact_accidents USING gist (geog);
CREATE INDEX fact_accidents_latest_idx ON ntsb.fact_accidents USING btree (COALESCE(ev_date, make_date((ev_year)::integer, 1, 1)), ev_id);
CREATE INDEX fact_accidents_location_id_idx ON ntsb.fact_accidents USING btree (location_id);
CREATE INDEX fact_accidents_make_idx ON ntsb.fact_accidents USING btree (acft_make, acft_model);
CREATE INDEX fact_accidents_ntsb_no_idx ON ntsb.fact_accidents USING btree (ntsb_no);
CREATE INDEX fact_accidents_occurrence_cause_id_idx ON ntsb.fact_accidents USING btree (occurrence_cause_id);
CREATE INDEX fact_accidents_place_idx ON ntsb.fact_accidents USING btree (lat, lon) INCLUDE (ev_id, ev_date, severity, fatalities);
CREATE INDEX fact_accidents_regis_no_idx ON ntsb.fact_accidents USING btree (regis_no);
CREATE INDEX fact_accidents_state_idx ON ntsb.fact_accidents USING btree (ev_state, ev_city);
CREATE INDEX fact_accidents_year_idx ON ntsb.fact_accidents USING btree (ev_year, severity);
CREATE INDEX findings_code_idx ON ntsb.findings USING btree (finding_code);
CREATE UNIQUE INDEX metar_event_idx ON ntsb.metar USING btree (ev_id, report_no) WHERE (source = 'ntsb'::text);
CREATE UNIQUE INDEX metar_station_idx ON ntsb.metar USING btree (station, observed_at, kind) WHERE (source = 'iem'::text);
CREATE UNIQUE INDEX model_in_production_idx ON ntsb.model USING btree (name, target) WHERE (stage = 'Production'::text);
CREATE UNIQUE INDEX mv_accident_cube_key ON ntsb.mv_accident_cube USING btree (row_key);
CREATE INDEX mv_accident_cube_make_idx ON ntsb.mv_accident_cube USING btree (acft_make, ev_year, severity) INCLUDE (events);
CREATE INDEX mv_accident_cube_state_idx ON ntsb.mv_accident_cube USING btree (ev_state, ev_year, severity) INCLUDE (events);
CREATE UNIQUE INDEX mv_aircraft_stats_key ON ntsb.mv_aircraft_stats USING btree (row_key);
CREATE UNIQUE INDEX mv_cause_stats_key ON ntsb.mv_cause_stats USING btree (era, kind, code, description, category, in_probable_cause) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX mv_crew_stats_key ON ntsb.mv_crew_stats USING btree (certificate, total_hours_band, experience_band, age_group) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX mv_map_cells_key ON ntsb.mv_map_cells USING btree (cell_row, cell_column);
CREATE UNIQUE INDEX mv_monthly_stats_key ON ntsb.mv_monthly_stats USING btree (ev_year, ev_month) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX mv_phase_stats_key ON ntsb.mv_phase_stats USING btree (phase, is_domestic) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX mv_state_heatmap_key ON ntsb.mv_state_heatmap USING btree (ev_state);
CREATE UNIQUE INDEX mv_year_severity_key ON ntsb.mv_year_severity USING btree (ev_year, severity, is_domestic) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX mv_yearly_stats_key ON ntsb.mv_yearly_stats USING btree (ev_year);
CREATE INDEX narratives_words_idx ON ntsb.narratives USING gin (words);
CREATE INDEX ntsb_admin_final_idx ON ntsb.ntsb_admin USING btree (approval_date) WHERE (rec_stat = ANY (ARRAY['B'::text, 'F'::text]));
CREATE INDEX predictions_ev_id_idx ON ntsb.predictions USING btree (ev_id);
CREATE INDEX predictions_predicted_at_idx ON ntsb.predictions USING btree (predicted_at);
CREATE INDEX registration_match_registration_id_idx ON ntsb.registration_match USING btree (registration_id);
CREATE INDEX restore_drill_time_idx ON ntsb.restore_drill USING btree (drilled_at DESC);
CREATE INDEX safety_recommendation_event_ev_id_idx ON ntsb.safety_recommendation_event USING btree (ev_id);
CREATE INDEX safety_recommendation_words_idx ON ntsb.safety_recommendation USING gin (words);
CREATE INDEX search_document_segment_idx ON ntsb.search_document USING btree (segment);
CREATE INDEX search_posting_segment_idx ON ntsb.search_posting USING btree (segment);
CREATE INDEX staging_quarantine_held_idx ON ntsb.staging_quarantine USING btree (ev_id) WHERE (status = 'held'::text);
CREATE UNIQUE INDEX staging_quarantine_once_idx ON ntsb.staging_quarantine USING btree (table_name, rule_id, md5((payload)::text));
CREATE INDEX task_run_unfinished_idx ON ntsb.task_run USING btree (run_id) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE INDEX weather_station_geog_idx ON ntsb.weather_station USING gist (geog);
ALTER INDEX ntsb.events_date_injury_idx ATTACH PARTITION ntsb.events_1960s_ev_date_ev_highest_injury_idx;
ALTER INDEX ntsb.events_ev_date_idx ATTACH PARTITION ntsb.events_1960s_ev_date_idx;
ALTER INDEX ntsb.events_airport_id_idx ATTACH PARTITION ntsb.events_1960s_ev_nr_apt_id_idx;
ALTER INDEX ntsb.events_ev_state_idx ATTACH PARTITION ntsb.events_1960s_ev_state_idx;
ALTER INDEX ntsb.events_geog_idx ATTACH PARTITION ntsb.events_1960s_geog_idx;
ALTER INDEX ntsb.events_pkey ATTACH PARTITION ntsb.events_1960s_pkey;
ALTER INDEX ntsb.events_airport_name_idx ATTACH PARTITION ntsb.events_1960s_upper_idx;
ALTER INDEX ntsb.events_date_injury_idx ATTACH PARTITION ntsb.events_1970s_ev_date_ev_highest_injury_idx;
ALTER INDEX ntsb.events_ev_date_idx ATTACH PARTITION ntsb.events_1970s_ev_date_idx;
ALTER INDEX ntsb.events_airport_id_idx ATTACH PARTITION ntsb.events_1970s_ev_nr_apt_id_idx;
ALTER INDEX ntsb.events_ev_state_idx ATTACH PARTITION ntsb.events_1970s_ev_state_idx;
ALTER INDEX ntsb.events_geog_idx ATTACH PARTITION ntsb.events_1970s_geog_idx;
ALTER INDEX ntsb.events_pkey ATTACH PARTITION ntsb.events_1970s_pkey;
ALTER INDEX ntsb.events_airport_name_idx ATTACH PARTITION ntsb.events_1970s_upper_idx;
ALTER INDEX ntsb.events_date_injury_idx ATTACH PARTITION ntsb.events_1980s_ev_date_ev_highest_injury_idx;
ALTER INDEX ntsb.events_ev_date_idx ATTACH PARTITION ntsb.events_1980s_ev_date_idx;
ALTER INDEX ntsb.events_airport_id_idx ATTACH PARTITION ntsb.events_1980s_ev_nr_apt_id_idx;
ALTER INDEX ntsb.events_ev_state_idx ATTACH PARTITION ntsb.events_1980s_ev_state_idx;
ALTER INDEX ntsb.events_geog_idx ATTACH PARTITION ntsb.events_1980s_geog_idx;
ALTER INDEX ntsb.events_pkey ATTACH PARTITION ntsb.events_1980s_pkey;
ALTER INDEX ntsb.events_airport_name_idx ATTACH PARTITION ntsb.events_1980s_upper_idx;
ALTER INDEX ntsb.events_date_injury_idx ATTACH PARTITION ntsb.events_1990s_ev_date_ev_highest_injury_idx;
ALTER INDEX ntsb.events_ev_date_idx ATTACH PARTITION ntsb.events_1990s_ev_date_idx;
ALTER INDEX ntsb.events_airport_id_idx ATTACH PARTITION ntsb.events_1990s_ev_nr_apt_id_idx;
ALTER INDEX ntsb.events_ev_state_idx ATTACH PARTITION ntsb.events_1990s_ev_state_idx;
ALTER INDEX ntsb.events_geog_idx ATTACH PARTITION ntsb.events_1990s_geog_idx;
ALTER INDEX ntsb.events_pkey ATTACH PARTITION ntsb.events_1990s_pkey;
ALTER INDEX ntsb.events_airport_name_idx ATTACH PARTITION ntsb.events_1990s_upper_idx;
ALTER INDEX ntsb.events_date_injury_idx ATTACH PARTITION ntsb.events_2000s_ev_date_ev_highest_injury_idx;
ALTER INDEX ntsb.events_ev_date_idx ATTACH PARTITION ntsb.events_2000s_ev_date_idx;
ALTER INDEX ntsb.events_airport_id_idx ATTACH PARTITION ntsb.events_2000s_ev_nr_apt_id_idx;
ALTER INDEX ntsb.events_ev_state_idx ATTACH PARTITION ntsb.events_2000s_ev_state_idx;
ALTER INDEX ntsb.events_geog_idx ATTACH PARTITION ntsb.events_2000s_geog_idx;
ALTER INDEX ntsb.events_pkey ATTACH PARTITION ntsb.events_2000s_pkey;
ALTER INDEX ntsb.events_airport_name_idx ATTACH PARTITION ntsb.events_2000s_upper_idx;
ALTER INDEX ntsb.events_date_injury_idx ATTACH PARTITION ntsb.events_2010s_ev_date_ev_highest_injury_idx;
ALTER INDEX ntsb.events_ev_date_idx ATTACH PARTITION ntsb.events_2010s_ev_date_idx;
ALTER INDEX ntsb.events_airport_id_idx ATTACH PARTITION ntsb.events_2010s_ev_nr_apt_id_idx;
ALTER INDEX ntsb.events_ev_state_idx ATTACH PARTITION ntsb.events_2010s_ev_state_idx;
ALTER INDEX ntsb.events_geog_idx ATTACH PARTITION ntsb.events_2010s_geog_idx;
ALTER INDEX ntsb.events_pkey ATTACH PARTITION ntsb.events_2010s_pkey;
ALTER INDEX ntsb.events_airport_name_idx ATTACH PARTITION ntsb.events_2010s_upper_idx;
ALTER INDEX ntsb.events_date_injury_idx ATTACH PARTITION ntsb.events_2020s_ev_date_ev_highest_injury_idx;
ALTER INDEX ntsb.events_ev_date_idx ATTACH PARTITION ntsb.events_2020s_ev_date_idx;
ALTER INDEX ntsb.events_airport_id_idx ATTACH PARTITION ntsb.events_2020s_ev_nr_apt_id_idx;
ALTER INDEX ntsb.events_ev_state_idx ATTACH PARTITION ntsb.events_2020s_ev_state_idx;
ALTER INDEX ntsb.events_geog_idx ATTACH PARTITION ntsb.events_2020s_geog_idx;
ALTER INDEX ntsb.events_pkey ATTACH PARTITION ntsb.events_2020s_pkey;
ALTER INDEX ntsb.events_airport_name_idx ATTACH PARTITION ntsb.events_2020s_upper_idx;
ALTER INDEX ntsb.events_date_injury_idx ATTACH PARTITION ntsb.events_other_ev_date_ev_highest_injury_idx;
ALTER INDEX ntsb.events_ev_date_idx ATTACH PARTITION ntsb.events_other_ev_date_idx;
ALTER INDEX ntsb.events_airport_id_idx ATTACH PARTITION ntsb.events_other_ev_nr_apt_id_idx;
ALTER INDEX ntsb.events_ev_state_idx ATTACH PARTITION ntsb.events_other_ev_state_idx;
ALTER INDEX ntsb.events_geog_idx ATTACH PARTITION ntsb.events_other_geog_idx;
ALTER INDEX ntsb.events_pkey ATTACH PARTITION ntsb.events_other_pkey;
ALTER INDEX ntsb.events_airport_name_idx ATTACH PARTITION ntsb.events_other_upper_idx;
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON asrs.change_log FOR EACH STATEMENT EXECUTE FUNCTION asrs.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ntsb.change_log FOR EACH STATEMENT EXECUTE FUNCTION ntsb.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ntsb.safety_recommendation_history FOR EACH STATEMENT EXECUTE FUNCTION ntsb.refuse_change();
CREATE TRIGGER check_rule BEFORE INSERT OR UPDATE ON ntsb.validation_rule FOR EACH ROW EXECUTE FUNCTION ntsb.check_rule();
CREATE TRIGGER notify_refresh AFTER INSERT OR UPDATE ON ntsb.refresh_state FOR EACH ROW EXECUTE FUNCTION ntsb.notify_refresh();
CREATE TRIGGER refuse_model_change BEFORE DELETE OR UPDATE ON ntsb.model FOR EACH ROW EXECUTE FUNCTION ntsb.refuse_model_change();
CREATE TRIGGER refuse_model_truncate BEFORE TRUNCATE ON ntsb.model FOR EACH STATEMENT EXECUTE FUNCTION ntsb.refuse_model_truncate();
ALTER TABLE ONLY asrs.aircraft
    ADD CONSTRAINT aircraft_acn_fkey FOREIGN KEY (acn) REFERENCES asrs.report(acn) ON DELETE CASCADE;
ALTER TABLE ONLY asrs.event
    ADD CONSTRAINT event_acn_fkey FOREIGN KEY (acn) REFERENCES asrs.report(acn) ON DELETE CASCADE;
ALTER TABLE ONLY asrs.narrative
    ADD CONSTRAINT narrative_acn_fkey FOREIGN KEY (acn) REFERENCES asrs.report(acn) ON DELETE CASCADE;
ALTER TABLE ONLY asrs.person
    ADD CONSTRAINT person_acn_fkey FOREIGN KEY (acn) REFERENCES asrs.report(acn) ON DELETE CASCADE;
ALTER TABLE ONLY ntsb.aircraft
    ADD CONSTRAINT aircraft_ev_id_fkey FOREIGN KEY (ev_id) REFERENCES ntsb.event_key(ev_id);
ALTER TABLE ONLY ntsb.alert_delivery
    ADD CONSTRAINT alert_delivery_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES ntsb.alert(alert_id) ON DELETE CASCADE;
ALTER TABLE ONLY ntsb.archived_event
    ADD CONSTRAINT archived_event_archive_id_fkey FOREIGN KEY (archive_id) REFERENCES ntsb.archive(archive_id);
ALTER TABLE ONLY ntsb.archived_event
    ADD CONSTRAINT archived_event_ev_id_fkey FOREIGN KEY (ev_id) REFERENCES ntsb.event_key(ev_id);
ALTER TABLE ONLY ntsb.batch_table
    ADD CONSTRAINT batch_table_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES ntsb.batch(batch_id);
ALTER TABLE ONLY ntsb.bridge_event_aircraft
    ADD CONSTRAINT bridge_event_aircraft_accident_id_fkey FOREIGN KEY (accident_id) REFERENCES ntsb.fact_accidents(accident_id);
ALTER TABLE ONLY ntsb.bridge_event_aircraft
    ADD CONSTRAINT bridge_event_aircraft_aircraft_id_fkey FOREIGN KEY (aircraft_id) REFERENCES ntsb.dim_aircraft(aircraft_id);
ALTER TABLE ONLY ntsb.bridge_event_cause
    ADD CONSTRAINT bridge_event_cause_accident_id_fkey FOREIGN KEY (accident_id) REFERENCES ntsb.fact_accidents(accident_id);
ALTER TABLE ONLY ntsb.bridge_event_cause
    ADD CONSTRAINT bridge_event_cause_cause_id_fkey FOREIGN KEY (cause_id) REFERENCES ntsb.dim_causes(cause_id);
ALTER TABLE ONLY ntsb.bridge_event_crew
    ADD CONSTRAINT bridge_event_crew_accident_id_fkey FOREIGN KEY (accident_id) REFERENCES ntsb.fact_accidents(accident_id);
ALTER TABLE ONLY ntsb.bridge_event_crew
    ADD CONSTRAINT bridge_event_crew_crew_id_fkey FOREIGN KEY (crew_id) REFERENCES ntsb.dim_crew(crew_id);
ALTER TABLE ONLY ntsb.case_record
    ADD CONSTRAINT case_record_ev_id_fkey FOREIGN KEY (ev_id) REFERENCES ntsb.event_key(ev_id);
ALTER TABLE ONLY ntsb.cluster_member
    ADD CONSTRAINT cluster_member_run_id_fkey FOREIGN KEY (run_id) REFERENCES ntsb.cluster_run(run_id) ON DELETE CASCADE;
ALTER TABLE ONLY ntsb.dag_task
    ADD CONSTRAINT dag_task_dag_fkey FOREIGN KEY (dag) REFERENCES ntsb.dag(dag) ON DELETE CASCADE;
ALTER TABLE ONLY ntsb.dim_aircraft
    ADD CONSTRAINT dim_aircraft_no_gap FOREIGN KEY (regis_no, next_from) REFERENCES ntsb.dim_aircraft(regis_no, valid_from) DEFERRABLE;
ALTER TABLE ONLY ntsb.dim_crew
    ADD CONSTRAINT dim_crew_no_gap FOREIGN KEY (member, next_from) REFERENCES ntsb.dim_crew(member, valid_from) DEFERRABLE;
ALTER TABLE ONLY ntsb.distributed_load_shard
    ADD CONSTRAINT distributed_load_shard_load_id_fkey FOREIGN KEY (load_id) REFERENCES ntsb.distributed_load(load_id);
ALTER TABLE ONLY ntsb.drift_report
    ADD CONSTRAINT drift_report_model_id_fkey FOREIGN KEY (model_id) REFERENCES ntsb.model(model_id);
ALTER TABLE ONLY ntsb.dt_aircraft
    ADD CONSTRAINT dt_aircraft_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.dt_events
    ADD CONSTRAINT dt_events_ev_id_fkey FOREIGN KEY (ev_id) REFERENCES ntsb.event_key(ev_id);
ALTER TABLE ONLY ntsb.dt_flight_crew
    ADD CONSTRAINT dt_flight_crew_ev_id_aircraft_key_crew_no_fkey FOREIGN KEY (ev_id, aircraft_key, crew_no) REFERENCES ntsb.flight_crew(ev_id, aircraft_key, crew_no);
ALTER TABLE ONLY ntsb.engines
    ADD CONSTRAINT engines_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ntsb.events
    ADD CONSTRAINT events_event_key_fkey FOREIGN KEY (ev_id, ev_year) REFERENCES ntsb.event_key(ev_id, ev_year) DEFERRABLE;
ALTER TABLE ONLY ntsb.events_sequence
    ADD CONSTRAINT events_sequence_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_aircraft_id_fkey FOREIGN KEY (aircraft_id) REFERENCES ntsb.dim_aircraft(aircraft_id);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_crew_id_fkey FOREIGN KEY (crew_id) REFERENCES ntsb.dim_crew(crew_id);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_finding_cause_id_fkey FOREIGN KEY (finding_cause_id) REFERENCES ntsb.dim_causes(cause_id);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_location_id_fkey FOREIGN KEY (location_id) REFERENCES ntsb.dim_location(location_id);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_occurrence_cause_id_fkey FOREIGN KEY (occurrence_cause_id) REFERENCES ntsb.dim_causes(cause_id);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_time_id_fkey FOREIGN KEY (time_id) REFERENCES ntsb.dim_time(time_id);
ALTER TABLE ONLY ntsb.fact_accidents
    ADD CONSTRAINT fact_accidents_weather_id_fkey FOREIGN KEY (weather_id) REFERENCES ntsb.dim_weather(weather_id);
ALTER TABLE ONLY ntsb.findings
    ADD CONSTRAINT findings_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.flight_crew
    ADD CONSTRAINT flight_crew_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.flight_time
    ADD CONSTRAINT flight_time_ev_id_aircraft_key_crew_no_fkey FOREIGN KEY (ev_id, aircraft_key, crew_no) REFERENCES ntsb.flight_crew(ev_id, aircraft_key, crew_no);
ALTER TABLE ONLY ntsb.injury
    ADD CONSTRAINT injury_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.legacy_cause
    ADD CONSTRAINT legacy_cause_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.legacy_event
    ADD CONSTRAINT legacy_event_ev_id_fkey FOREIGN KEY (ev_id) REFERENCES ntsb.event_key(ev_id);
ALTER TABLE ONLY ntsb.model_run
    ADD CONSTRAINT model_run_model_id_fkey FOREIGN KEY (model_id) REFERENCES ntsb.model(model_id);
ALTER TABLE ONLY ntsb.narratives
    ADD CONSTRAINT narratives_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.ntsb_admin
    ADD CONSTRAINT ntsb_admin_ev_id_fkey FOREIGN KEY (ev_id) REFERENCES ntsb.event_key(ev_id);
ALTER TABLE ONLY ntsb.occurrences
    ADD CONSTRAINT occurrences_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.predictions
    ADD CONSTRAINT predictions_ev_id_fkey FOREIGN KEY (ev_id) REFERENCES ntsb.event_key(ev_id);
ALTER TABLE ONLY ntsb.predictions
    ADD CONSTRAINT predictions_model_id_fkey FOREIGN KEY (model_id) REFERENCES ntsb.model(model_id);
ALTER TABLE ONLY ntsb.registration_match
    ADD CONSTRAINT registration_match_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES ntsb.registration(registration_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY ntsb.relay_alert
    ADD CONSTRAINT relay_alert_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES ntsb.alert(alert_id) ON DELETE CASCADE;
ALTER TABLE ONLY ntsb.relay_prediction
    ADD CONSTRAINT relay_prediction_model_id_ev_id_fkey FOREIGN KEY (model_id, ev_id) REFERENCES ntsb.predictions(model_id, ev_id) ON DELETE CASCADE;
ALTER TABLE ONLY ntsb.safety_recommendation_addressee
    ADD CONSTRAINT safety_recommendation_addressee_rec_no_fkey FOREIGN KEY (rec_no) REFERENCES ntsb.safety_recommendation(rec_no) ON DELETE CASCADE;
ALTER TABLE ONLY ntsb.safety_recommendation_event
    ADD CONSTRAINT safety_recommendation_event_rec_no_fkey FOREIGN KEY (rec_no) REFERENCES ntsb.safety_recommendation(rec_no) ON DELETE CASCADE;
ALTER TABLE ONLY ntsb.seq_of_events
    ADD CONSTRAINT seq_of_events_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.sequence_group
    ADD CONSTRAINT sequence_group_ev_id_aircraft_key_fkey FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft(ev_id, aircraft_key);
ALTER TABLE ONLY ntsb.task_run
    ADD CONSTRAINT task_run_run_id_fkey FOREIGN KEY (run_id) REFERENCES ntsb.dag_run(run_id) ON DELETE CASCADE;
GRANT USAGE ON SCHEMA asrs TO ntsb_viewer;
GRANT USAGE ON SCHEMA asrs TO ntsb_service;
GRANT USAGE ON SCHEMA ntsb TO ntsb_viewer;
GRANT USAGE ON SCHEMA ntsb TO ntsb_service;
GRANT SELECT ON TABLE asrs.aircraft TO ntsb_viewer;
GRANT SELECT ON TABLE asrs.change_log TO ntsb_viewer;
GRANT SELECT ON TABLE asrs.event TO ntsb_viewer;
GRANT SELECT ON TABLE asrs.load TO ntsb_viewer;
GRANT SELECT ON TABLE asrs.narrative TO ntsb_viewer;
GRANT SELECT ON TABLE asrs.person TO ntsb_viewer;
GRANT SELECT ON TABLE asrs.report TO ntsb_viewer;
GRANT SELECT ON TABLE asrs.report_value TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.fact_accidents TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_accident_cube TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.accident_cube TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.aircraft TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.airport TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.code_crosswalk TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.engines TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.events TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.flight_crew TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.flight_time TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.place_history TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.type_history TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.accident_features TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.bridge_event_aircraft TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.exposure_hours TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.year_completeness TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.accident_rates TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.code_meaning TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dim_causes TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.accidents TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.event_key TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.aircraft_enriched TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.aircraft_type_reference TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.engine_type_reference TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.registration TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.registration_match TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.aircraft_registration TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dim_aircraft TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_aircraft_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.aircraft_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.airport_identifier TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.alert TO ntsb_viewer;
GRANT INSERT ON TABLE ntsb.alert TO ntsb_admin;
GRANT SELECT ON TABLE ntsb.alert_delivery TO ntsb_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE ntsb.api_key TO ntsb_admin;
GRANT SELECT ON TABLE ntsb.archive TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.archived_event TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.backup TO ntsb_viewer;
GRANT INSERT,UPDATE ON TABLE ntsb.backup TO ntsb_admin;
GRANT SELECT ON TABLE ntsb.batch TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.batch_defects TO ntsb_analyst;
GRANT SELECT ON TABLE ntsb.batch_table TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.bridge_event_cause TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.bridge_event_crew TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.case_record TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_cause_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.cause_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.change_log TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.cluster_member TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.cluster_run TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.country TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.country_iso TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.crew_enriched TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dim_crew TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_crew_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.crew_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.ct_iaids TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.ct_pre1982 TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.ct_seqevt TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dag TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dag_run TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dag_task TO ntsb_analyst;
GRANT SELECT ON TABLE ntsb.eadmspub_datadictionary TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.data_dictionary TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.row_defects TO ntsb_analyst;
GRANT SELECT ON TABLE ntsb.staging_quarantine TO ntsb_analyst;
GRANT SELECT ON TABLE ntsb.data_quality TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dim_location TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dim_time TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dim_weather TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.distributed_load TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.distributed_load_shard TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.drift_report TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dt_aircraft TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dt_events TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.dt_flight_crew TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.states TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.event_airport TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.event_enriched TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.runway TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.event_runway TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.metar TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.weather_station TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.event_weather TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.events_sequence TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.feature TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.findings TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.index_usage TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.injury TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.task_run TO ntsb_analyst;
GRANT SELECT ON TABLE ntsb.job_status TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.legacy_cause TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.legacy_event TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.maintenance TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_map_cells TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.map_cells TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.metar_file TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.model TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.predictions TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.model_performance TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.model_run TO ntsb_analyst;
GRANT SELECT ON TABLE ntsb.monthly_report TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_monthly_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.monthly_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.moved_event TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_phase_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_state_heatmap TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_year_severity TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.mv_yearly_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.narratives TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.narrative_version TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.ntsb_admin TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.occurrences TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.phase_stats TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.published_statistics TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.quarantine_counts TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.refresh_state TO ntsb_viewer;
GRANT SELECT,INSERT ON TABLE ntsb.relay_alert TO ntsb_relay;
GRANT SELECT ON SEQUENCE ntsb.relay_alert_position_seq TO ntsb_relay;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ntsb.relay_cursor TO ntsb_relay;
GRANT SELECT,INSERT ON TABLE ntsb.relay_prediction TO ntsb_relay;
GRANT SELECT ON SEQUENCE ntsb.relay_prediction_position_seq TO ntsb_relay;
GRANT SELECT ON TABLE ntsb.restore_drill TO ntsb_viewer;
GRANT INSERT ON TABLE ntsb.restore_drill TO ntsb_admin;
GRANT SELECT ON TABLE ntsb.safety_recommendation TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.safety_recommendation_addressee TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.safety_recommendation_event TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.safety_recommendation_history TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.schema_object TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.schema_version TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.schema_view TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.search_document TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.search_posting TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.search_segment TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.search_source TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.seq_of_events TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.sequence_group TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.shard TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.shard_member TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.source_state TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.source_status TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.state_heatmap TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.validation_rule TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.year_severity TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.yearly_accident_rates TO ntsb_viewer;
GRANT SELECT ON TABLE ntsb.yearly_stats TO ntsb_viewer;
