//! The sample plus events that a careless column definition gets wrong: without injury counts, with deaths
//! but not FATL, collisions, withdrawn and missing aircraft, missing pilots, UTC times, abroad and at sea.

use crate::database::Database;

/// ev_id, ntsb_no, ev_type, state, country, highest injury, the four injury counts, time zone and mid_air.
const EVENTS: &str = "
    ('20230615X90001', 'CEN23FA901', 'ACC', 'TX', 'USA', 'FATL', NULL, NULL, NULL, NULL, NULL, NULL),
    ('20230615X90002', 'CEN23FA902', 'ACC', 'TX', 'USA', 'FATL', '2', NULL, NULL, NULL, NULL, 'Y'),
    ('20230615X90003', 'CEN23LA903', 'ACC', 'OK', 'USA', 'SERS', '1', NULL, NULL, '3', NULL, 'N'),
    ('20230615X90004', 'CEN23LA904', 'INC', 'OK', NULL, 'NONE', NULL, NULL, NULL, NULL, NULL, NULL),
    ('20230615X90005', 'CEN23WA905', 'ACC', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('20230615X90006', 'WPR23LA906', 'ACC', 'PO', 'USA', 'MINR', NULL, NULL, '1', NULL, NULL, NULL),
    ('20230615X90007', 'WPR23LA907', 'ACC', 'OF', NULL, 'NONE', NULL, NULL, NULL, '2', NULL, NULL),
    ('20230615X90008', 'ERA23LA908', 'ACC', NULL, 'RQ', 'NONE', NULL, NULL, NULL, '2', NULL, NULL),
    ('20230615109909', 'ANC23LA909', 'ACC', 'AK', 'USA', 'NONE', NULL, NULL, NULL, '1', 'UTC', NULL),
    ('20230615X90010', 'ERA23LA910', 'ACC', NULL, NULL, 'NONE', NULL, NULL, NULL, '1', NULL, NULL)";

const AIRCRAFT: &str = "
    ('20230615X90001', '1', 'N901AA', 'CESSNA', '172N', '091', 'SUBS', 'N'),
    ('20230615X90002', '1', 'N902AA', 'CESSNA', 'R172K', '091', 'SUBS', 'N'),
    ('20230615X90002', '2', 'N902BB', 'PIPER', 'PA-28-140', '135', 'DEST', 'N'),
    ('20230615X90003', '1', 'C-GABC', 'BOEING', '737-800', '129', 'MINR', 'N'),
    ('20230615X90004', '1', 'N904AA', 'VANS', 'RV-6A', '091', 'NONE', 'Y'),
    ('20230615X90007', '1', 'N907AA', 'CESSNA', 'F172N', '091', 'SUBS', 'N'),
    ('20230615X90008', '1', 'N908AA', 'BEECH', 'V35B', '091', 'SUBS', NULL),
    ('20230615X90008', '2', 'N908BB', 'BEECH', 'A36', '091', 'DEST', NULL),
    ('20230615109909', '1', 'N909AA', 'DE HAVILLAND', 'DHC-2 MK. I', '135', 'SUBS', 'N'),
    ('20230615X90010', '1', 'F-GABC', 'AIRBUS', 'A320-214', 'NUSC', 'NONE', 'N')";

/// Creates a database with the sample and these events, all refreshed.
pub fn create_database() -> Database {
    let database = Database::with_sample();
    database.execute(&format!(
        "SELECT ntsb_begin_batch('special.mdb', 'increment');
         INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_type, ev_state, ev_country, ev_highest_injury,
             inj_tot_f, inj_tot_s, inj_tot_m, inj_tot_n, ev_tmzn, mid_air, ev_date, ev_time, ev_year,
             ev_city, dec_latitude, dec_longitude, lchg_date)
         SELECT v.*, '06/15/2023 00:00:00', '0430', '2023', 'FT  LAUDERDALE',
                CASE WHEN v.column1 = '20230615109909' THEN '61.2' END,
                CASE WHEN v.column1 = '20230615109909' THEN '-149.9' END, '07/01/2023 00:00:00'
         FROM (VALUES {EVENTS}) v;
         INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_make, acft_model, far_part,
             damage, homebuilt, lchg_date)
         SELECT v.*, '07/01/2023 00:00:00' FROM (VALUES {AIRCRAFT}) v;
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'));"
    ));
    // A later file no longer has the second aircraft of one event.
    database.execute(
        "SELECT ntsb_begin_batch('later.mdb', 'increment');
         INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_type, ev_country, ev_highest_injury, inj_tot_n,
             ev_date, ev_time, ev_year, ev_city, lchg_date)
         VALUES ('20230615X90008', 'ERA23LA908', 'ACC', 'RQ', 'NONE', '2', '06/15/2023 00:00:00', '0430', '2023',
                 'FT LAUDERDALE', '08/01/2023 00:00:00');
         INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_make, acft_model, far_part, damage,
             lchg_date)
         VALUES ('20230615X90008', '1', 'N908AA', 'BEECH', 'V35B', '091', 'SUBS', '08/01/2023 00:00:00');
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))",
    );
    database.execute("CALL ntsb_refresh()");
    database
}
