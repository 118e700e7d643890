/** OpenAI's API: models, chat completions, responses, embeddings and files. */
@NullMarked
package dev.paddock.openai;

import org.jspecify.annotations.NullMarked;
