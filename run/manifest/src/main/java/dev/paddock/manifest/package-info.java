/** What a fresh workspace holds, in the shape of the OpenAI Agents SDK: read, checked, and made. */
@NullMarked
package dev.paddock.manifest;

import org.jspecify.annotations.NullMarked;
