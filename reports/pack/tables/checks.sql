-- What the checks of the year's deliveries found, those that passed too.
SELECT check_outcome.*
FROM audit.check_outcome
INNER JOIN audit.delivery USING (delivery_id)
WHERE year(delivery.received_at) = $year
ORDER BY delivery_id, check_id
