/** Runs sessions: the model's turns, its calls and their results. */
@NullMarked
package dev.paddock.agent;

import org.jspecify.annotations.NullMarked;
