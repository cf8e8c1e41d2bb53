-- Which alerts were passed on, and to whom: `ntsb notify` does it, as the database talks to nobody.

CREATE TABLE ntsb.alert_delivery (
    alert_id     bigint NOT NULL REFERENCES ntsb.alert ON DELETE CASCADE,
    target       text NOT NULL,
    delivered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (alert_id, target)
);
COMMENT ON TABLE ntsb.alert_delivery IS 'Alerts that `ntsb notify` has passed on';
COMMENT ON COLUMN ntsb.alert_delivery.alert_id IS 'The alert, see ntsb.alert';
COMMENT ON COLUMN ntsb.alert_delivery.target IS 'To whom, without secrets: a mail address, or the host of a webhook and a fingerprint of its URL';
COMMENT ON COLUMN ntsb.alert_delivery.delivered_at IS 'When it was taken from us';
