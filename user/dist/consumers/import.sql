-- Lines of kmodwatch, as a table that SQLite can be asked: sqlite3 kmodwatch.db '.read import.sql' '.import FILE lines'
-- A line that is imported twice is there once. What is no JSON is kept in lines, and has no row in events.
-- Then ask: SELECT time, outcome, module, path, uid, exe FROM events WHERE kind = 'module_load';
.mode ascii
.separator "\037" "\n"
CREATE TABLE IF NOT EXISTS kept (name TEXT UNIQUE, line TEXT NOT NULL);
CREATE VIEW IF NOT EXISTS lines AS SELECT line FROM kept;
CREATE TRIGGER IF NOT EXISTS keep INSTEAD OF INSERT ON lines BEGIN
	INSERT OR IGNORE INTO kept VALUES (CASE WHEN json_valid(NEW.line)
		THEN json_extract(NEW.line, '$.host.boot') || ' ' || json_extract(NEW.line, '$.id') END, NEW.line);
END;
CREATE VIEW IF NOT EXISTS events AS SELECT
	json_extract(line, '$.time') AS time,
	json_extract(line, '$.kind') AS kind,
	json_extract(line, '$.host.name') AS host,
	json_extract(line, '$.outcome') AS outcome,
	json_extract(line, '$.stage') AS stage,
	json_extract(line, '$.syscall.errno') AS errno,
	json_extract(line, '$.module.name') AS module,
	json_extract(line, '$.source.path') AS path,
	json_extract(line, '$.source.sha256') AS sha256,
	json_extract(line, '$.process.uid') AS uid,
	json_extract(line, '$.process.auid') AS auid,
	json_extract(line, '$.process.pid') AS pid,
	json_extract(line, '$.process.exe') AS exe,
	json_extract(line, '$.process.argv') AS argv,
	json_extract(line, '$.requested_by.process.uid') AS requester_uid,
	json_extract(line, '$.requested_by.process.exe') AS requester,
	line
FROM kept WHERE name IS NOT NULL;
