-- The rows of the year's deliveries that a check rejected: where they stand in the received file, and why.
SELECT delivery_id, row_number, locator, array_to_string(failed_checks, ', ') AS failed_checks, because
FROM audit.quarantine
INNER JOIN audit.delivery USING (delivery_id)
WHERE year(delivery.received_at) = $year
ORDER BY delivery_id, row_number
