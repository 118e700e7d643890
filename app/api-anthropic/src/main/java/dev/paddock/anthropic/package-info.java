/** Anthropic's Managed Agents API on Paddock's sessions. */
@NullMarked
package dev.paddock.anthropic;

import org.jspecify.annotations.NullMarked;
