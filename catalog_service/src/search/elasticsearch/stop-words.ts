/** They tell products apart only when there is nothing else: "the lighthouse" is a lighthouse. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    'a about after all am an and any are as at be been before being below between both but by can did do does ' +
    'doing down during each few for from further had has have having he her here hers him his how i if in into is ' +
    'it its itself just me more most my no nor not now of off on once only or other our ours out over own s same ' +
    'she should so some such t than that the their theirs them then there these they this those through to too ' +
    'under until up very was we were what when where which while who whom why will with you your yours'
  ).split(' '),
);
