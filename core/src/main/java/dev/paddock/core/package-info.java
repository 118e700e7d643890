/** The vocabulary every module shares: ids, session events, the session fold, errors and JSON. */
@NullMarked
package dev.paddock.core;

import org.jspecify.annotations.NullMarked;
