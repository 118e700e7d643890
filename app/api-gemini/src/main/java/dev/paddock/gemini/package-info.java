/**
 * Gemini's Interactions API: interactions are sessions, environments are workspaces that they
 * share.
 */
@NullMarked
package dev.paddock.gemini;

import org.jspecify.annotations.NullMarked;
