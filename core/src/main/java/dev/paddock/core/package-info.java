/**
 * The vocabulary every module shares: ids, session events, the session fold, errors and JSON; and
 * files and folders that one process has.
 */
@NullMarked
package dev.paddock.core;

import org.jspecify.annotations.NullMarked;
