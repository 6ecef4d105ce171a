-- Every delivered row that a check rejected, whole, with its place in the received file and the reason.
FROM raw.quarantined
