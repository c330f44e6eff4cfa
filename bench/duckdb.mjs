// DuckDB, for `run`: a request in JSON a line, answered by a line.
//   {"sql": ..., "threads": 1}     runs it, and answers how many milliseconds it took
//   {"sql": ..., "file": ...}      writes the rows into the file, as JSON a line
// node bench/duckdb.mjs FOLDER: where npm has installed @duckdb/node-api
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { writeFileSync } from 'node:fs';

const { DuckDBInstance } = createRequire(`${process.argv[2]}/`)('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();

async function milliseconds({ sql, threads }) {
	await connection.run(`SET threads = ${threads}`);
	const began = performance.now();
	await connection.run(sql);
	return performance.now() - began;
}

async function write({ sql, file }) {
	const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
	writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
	return rows.length;
}

for await (const line of createInterface({ input: process.stdin })) {
	const request = JSON.parse(line);
	console.log(await (request.file ? write(request) : milliseconds(request)));
}
