"""Runs functions in frames, which WebKitGTK can only do in a page's main frame.

A script in each frame, in a world of JavaScript of its own, asks for work and answers with what came of the last. That world
shares the document with the frame's own scripts, but not their variables; and the frame's policy does not hold in it.
"""

import json

from gi.repository import JavaScriptCore, WebKit2

HANDLER = "frame"

# A frame is known by its place among the frames of its parent, and that by its own: which also strangers may ask.
ASK_FOR_WORK = """
(async () => {
  if (window === top) return;
  const place = () => {
    const numbers = [];
    for (let frame = window; frame !== top; frame = frame.parent) {
      const { parent } = frame;
      let number = 0;
      while (number < parent.length && parent[number] !== frame) number += 1;
      numbers.unshift(number);
    }
    return numbers.join('.');
  };
  let answer = null;
  for (;;) {
    const work = await webkit.messageHandlers.frame.postMessage(JSON.stringify({ place: place(), answer }));
    const { id, body } = JSON.parse(work);
    answer = { id, value: await new Function(`return (async () => { ${body} })();`)() };
  }
})();
"""


class Frames:
    """The frames of a page."""

    def __init__(self, content, world):
        # By place: who waits for work, and work that waits for somebody.
        self.idle = {}
        self.work = {}
        self.answers = {}
        self.last_id = 0
        content.register_script_message_handler_with_reply(HANDLER, world)
        content.connect(f"script-message-with-reply-received::{HANDLER}", self.on_message)
        content.add_script(
            WebKit2.UserScript.new_for_world(
                ASK_FOR_WORK,
                WebKit2.UserContentInjectedFrames.ALL_FRAMES,
                WebKit2.UserScriptInjectionTime.START,
                world,
                None,
                None,
            )
        )

    def on_message(self, _content, message, reply):
        asked = json.loads(message.to_string())
        if asked["answer"]:
            answer = self.answers.pop(asked["answer"]["id"], None)
            if answer:
                answer(asked["answer"].get("value"), None)
        # A frame that has loaded another document takes the place of itself.
        self.idle[asked["place"]] = (message.get_context(), reply)
        self.hand_out(asked["place"])
        return True

    def call(self, place, body, answer):
        """Runs the body of an asynchronous function in the frame at a place, once there is a document."""
        self.last_id += 1
        self.answers[self.last_id] = answer
        self.work.setdefault(place, []).append({"id": self.last_id, "body": body})
        self.hand_out(place)

    def hand_out(self, place):
        if place in self.idle and self.work.get(place):
            context, reply = self.idle.pop(place)
            reply.return_value(JavaScriptCore.Value.new_string(context, json.dumps(self.work[place].pop(0))))
