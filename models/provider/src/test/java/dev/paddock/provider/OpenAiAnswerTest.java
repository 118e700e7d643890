package dev.paddock.provider;

final class OpenAiAnswerTest extends ModelAnswerContract {
  OpenAiAnswerTest() {
    super(TestingAdapter.OPENAI);
  }
}
