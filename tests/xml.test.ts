// Is XML read as a strict parser reads it, and text written so that it reads back?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../lib/words/random.ts';
import { childOf, childText, xmlIn, type XmlElement } from '../lib/words/xml.ts';
import { xmlText } from '../lib/words/xmlText.ts';
import { readXml } from './support/xmlReader.ts';

/** What a strict parser reads, without the prefixes of elements. */
function strictly(text: string): XmlElement | undefined {
  try {
    return withoutPrefixes(readXml(text));
  } catch {
    return undefined;
  }
}

function withoutPrefixes({ name, attributes, children, text }: XmlElement): XmlElement {
  const local = name.slice(name.indexOf(':') + 1);
  return { name: local, attributes: { ...attributes }, children: children.map(withoutPrefixes), text };
}

const WELL_FORMED = [
  '<a/>',
  '<a></a >',
  ' \n<a b=\'1\' c="2"/>\n',
  `<message xmlns='jabber:client' to="a@b/c"><body>1 &lt; 2 &amp;&amp; 3 &gt; 2</body><thread>7</thread></message>`,
  `<a b='x > y' c="it's" d='say "hi"' e = "&quot;&apos;"/>`,
  '<a>one<b>two</b>three<b/>four</a>',
  '<a><![CDATA[<b>&amp;</b>]]]]><![CDATA[>]]></a>',
  '<?xml version="1.0"?><!-- before --><a><!-- <b> in > it --><?do it?>text</a><!-- after -->',
  '<a>&#65;&#x1F600;&#x41;é😀</a>',
  `<stream:features xmlns:stream='http://etherx.jabber.org/streams'><x:y xmlns:x='urn:x' x:z='1'/></stream:features>`,
  '<größe ä="ö">ü</größe>',
  '<a\n\tb="1"\n/>',
];

describe('an element', () => {
  for (const text of WELL_FORMED)
    test(`is read: ${text}`, () => {
      const element = xmlIn(text);
      assert.ok(element, text);
      assert.deepEqual(element, strictly(text));
    });

  test('is found by its name, with its text', () => {
    const element = xmlIn('<a><b>1</b><c x="y">2<d>3</d>4</c><b>5</b></a>');
    assert.ok(element);
    assert.deepEqual(
      [childText(element, 'b'), childText(element, 'c'), childText(element, 'd')],
      ['1', '24', undefined],
    );
    assert.equal(childOf(element, 'c')?.attributes['x'], 'y');
  });

  test('may have names of what every object has', () => {
    const element = xmlIn("<__proto__ __proto__='1' constructor='2'><toString/></__proto__>");
    assert.equal(element?.attributes['constructor'], '2');
    assert.deepEqual([element.name, element.children[0]?.name], ['__proto__', 'toString']);
    assert.equal(xmlIn('<a>&constructor;</a>'), undefined);
  });
});

const BROKEN = [
  '',
  '   ',
  'text',
  '<',
  '<>',
  '</a>',
  '<a>',
  '<a',
  '<a/',
  '<a/ >',
  '< a/>',
  '<a></b>',
  '<a></a></a>',
  '<a/><b/>',
  'x<a/>',
  '<a/>x',
  '<a b/>',
  '<a b=c/>',
  '<a b="c/>',
  '<a b=\'c"/>',
  '<a b="1"c="2"/>',
  '<a b="1" b="2"/>',
  '<a b="<"/>',
  '<a b="&"/>',
  '<a =""/>',
  '<1a/>',
  '<a>&</a>',
  '<a>&lt</a>',
  '<a>&nbsp;</a>',
  '<a>&#;</a>',
  '<a>&#x;</a>',
  '<a>&#0;</a>',
  '<a>&#xD800;</a>',
  '<a>&#x110000;</a>',
  '<a>&#99999999999;</a>',
  '<a>]]></a>',
  '<a><![CDATA[</a>',
  '<![CDATA[x]]><a/>',
  '<![CDATA[ ]]><a/>',
  '<a><!-- </a>',
  '<a><?x </a>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  '<!DOCTYPE a><a/>',
];

describe('what is no element', () => {
  for (const text of BROKEN)
    test(`is refused: ${text}`, () => {
      assert.equal(xmlIn(text), undefined);
    });

  test('nor is any beginning of one', () => {
    for (const text of WELL_FORMED) {
      const end = text.trimEnd().length;
      const whole = text.lastIndexOf('<!-- after') > 0 ? text.lastIndexOf('<!--') : end;
      for (let length = 0; length < whole; length++)
        assert.equal(xmlIn(text.slice(0, length)), undefined, text.slice(0, length));
    }
  });

  test('takes no longer than it is long', { timeout: 30_000 }, () => {
    const many = 1_000_000;
    for (const part of [
      '<',
      '<a>',
      '<a ',
      '<a b=',
      '<a b="',
      '&',
      '<a>&',
      ' ',
      '<!--',
      '<![CDATA[',
      '<a b="c" ',
    ])
      assert.equal(xmlIn(`<x>${part.repeat(many / part.length)}`), undefined, part);
    assert.equal(xmlIn(`<x ${' '.repeat(many)}`), undefined);
    assert.equal(xmlIn(`<x ${'a'.repeat(many)}`), undefined);
    const deep = '<a>'.repeat(many / 10) + '</a>'.repeat(many / 10);
    assert.equal(xmlIn(deep)?.name, 'a');
  });
});

test('whatever is changed in an element, a strict parser agrees', () => {
  const simple = WELL_FORMED.filter((text) => !/<[?!]|xmlns/.test(text));
  const random = seededRandom(1, 0, 0);
  const pieces = [
    '<',
    '>',
    '/',
    '"',
    "'",
    '&',
    ';',
    '=',
    ' ',
    'a',
    '&lt;',
    '<b>',
    '</b>',
    '<b/>',
    '<!--',
    '-->',
  ];
  const any = (length: number): number => Math.floor(random() * length);
  let accepted = 0;
  for (let round = 0; round < 20_000; round++) {
    const characters = Array.from(simple[any(simple.length)] ?? '');
    characters.splice(any(characters.length), any(3), pieces[any(pieces.length)] ?? '');
    const changed = characters.join('');
    if (/<[?!]/.test(changed)) continue;
    const element = xmlIn(changed);
    assert.deepEqual(element, strictly(changed), changed);
    if (element !== undefined) accepted++;
  }
  assert.ok(accepted > 1000, String(accepted));
});

test('text that is written reads back, in an element and in quotes of both kinds', () => {
  for (const text of ['', 'plain', `<&>"'`, ']]>', '&amp;', 'a\r\nb\tc', 'é😀', "<close xmlns='x'/>"]) {
    const written = xmlText(text);
    assert.equal(strictly(`<a>${written}</a>`)?.text, text);
    assert.equal(xmlIn(`<a>${written}</a>`)?.text, text);
    for (const quote of [`"`, `'`])
      assert.equal(xmlIn(`<a b=${quote}${written}${quote}/>`)?.attributes['b'], text);
  }
  assert.equal(xmlText('a\0b\x1bc\uffff'), 'a\ufffdb\ufffdc\ufffd');
});
