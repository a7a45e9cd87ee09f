-- A bot that answers messages, alone and in a room, and writes a letter into a file for all that it does: r when it is in
-- the room, q for a question, a for an answer.
local st = require "util.stanza";
local jid_bare = require "util.jid".bare;
local now = require "util.time".now;

local me = "bot@" .. module.host;
local self = module:get_option_string("answers_room") .. "/bot";
local in_parts = module:get_option_boolean("answers_in_parts");
local journal = assert(io.open(module:get_option_string("answers_file"), "a"));
journal:setvbuf("no");

local states = "http://jabber.org/protocol/chatstates";

local function message(question, text)
	local from, kind = question.attr.from, question.attr.type;
	local to = kind == "groupchat" and jid_bare(from) or from;
	return st.message({ type = kind, from = me, to = to }, text)
		:text_tag("thread", question:get_child_text("thread"));
end

local function answer_whole(question, text)
	journal:write("a");
	local at = string.format("%.0f", now() * 1000);
	module:send(message(question, "You said: " .. text):tag("sent", { xmlns = "urn:example:sent", at = at }));
end

-- The rest comes when whoever asked has answered a ping.
local function answer_in_parts(question, text)
	local part = function (words, state) module:send(message(question, words):tag(state, { xmlns = states })); end
	part("You ", "composing");
	local ping = st.iq({ type = "get", from = me, to = question.attr.from, id = "ping-" .. question.attr.id })
		:tag("ping", { xmlns = "urn:xmpp:ping" });
	module:send_iq(ping):next(function ()
		part("said: ", "composing");
		journal:write("a");
		part(text, "active");
	end);
end

local function hear(event)
	local question = event.stanza;
	local text = question:get_child_text("body");
	if not text or question.attr.type == "error" or question.attr.from == self then return true; end
	journal:write("q");
	if in_parts then answer_in_parts(question, text); else answer_whole(question, text); end
	return true;
end

module:hook("message/bare", hear);

module:hook("presence/bare", function (event)
	if event.stanza.attr.from == self then journal:write("r"); end
	return true;
end);

module:hook_global("server-started", function ()
	module:send(st.presence({ from = me, to = self }):tag("x", { xmlns = "http://jabber.org/protocol/muc" }));
end);
