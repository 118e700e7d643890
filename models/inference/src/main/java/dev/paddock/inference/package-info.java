/**
 * Runs language models in the process: files, tokenizers, architectures, kernels, samplers,
 * structured output.
 */
@NullMarked
package dev.paddock.inference;

import org.jspecify.annotations.NullMarked;
