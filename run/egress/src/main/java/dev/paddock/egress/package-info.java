/** The only way out of a sandbox: a proxy outside it that lets through what a policy names. */
@NullMarked
package dev.paddock.egress;

import org.jspecify.annotations.NullMarked;
