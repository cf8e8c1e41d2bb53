-- Alerts that were sent. `ntsb notify` sends them, because the database does no network I/O.

CREATE TABLE ntsb.alert_delivery (
    alert_id     bigint NOT NULL REFERENCES ntsb.alert ON DELETE CASCADE,
    target       text NOT NULL,
    delivered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (alert_id, target)
);
COMMENT ON TABLE ntsb.alert_delivery IS 'Alerts that `ntsb notify` has delivered';
COMMENT ON COLUMN ntsb.alert_delivery.alert_id IS 'Alert in ntsb.alert';
COMMENT ON COLUMN ntsb.alert_delivery.target IS 'Recipient without secrets: an e-mail address, or the host of a webhook with a fingerprint of its URL';
COMMENT ON COLUMN ntsb.alert_delivery.delivered_at IS 'When the recipient''s server accepted it';
