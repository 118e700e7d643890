package dev.paddock.provider.spi;

import java.util.List;
import java.util.Optional;

/**
 * What a turn did, token by token, for replay and training.
 *
 * @param logprobs natural log-probability of each output token before masking
 * @param allowed how many tokens the grammar left open at each output token, the vocabulary's size
 *     where there was none
 */
public record TurnTrace(
    String model,
    Optional<String> adapter,
    String prompt,
    List<Integer> promptTokens,
    List<Integer> outputTokens,
    List<Double> logprobs,
    List<Integer> allowed) {}
