#!/usr/bin/env node
import { main } from './run-main.js';

await main(process);
