/** The thread in which the rows of a k6 elsewhere are read. */
import { servePushedRows } from '../process/serve-rows.js';
import { createK6Rows } from '../k6/k6-rows.js';

servePushedRows(createK6Rows());
