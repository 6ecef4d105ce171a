-- Who handed in and who approved each delivery of the year. Four eyes: two known, different persons, of whom one handed it
-- in and another approved it; what a rule let through was seen by nobody, and what a machine fetched nobody handed in.
SELECT
  delivery_id, source_id, original_name, policy_of_the_source, approved_under, received_by, laid_by, handed_in_by,
  received_at, approved_by, approved_at, is_four_eyes, rehearsal_id, rehearsed_by,
  rehearsal_seen_at, reason
FROM audit.approval
WHERE year(approved_at) = $year
ORDER BY approved_at, delivery_id
