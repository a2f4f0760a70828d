/* What people say when they have done a thing, when they have not, and when they pretend.
 *
 * General speech only: no word here belongs to one field of work. Words are compared by their stems, `*` is a gap of up to two
 * words. What the tables cannot say, "I" before a verb in the past, stands in code below them.
 */
#include "ai/analyze_internal.h"

#include <string.h>

struct cue_pattern {
    enum cue cue;
    const char *pattern;
};

static const struct cue_pattern patterns[] = {
    {CUE_CAUSE, "because"},
    {CUE_CAUSE, "since the|it|we|i|that|there|a|an|each|every|one|they|you"},
    {CUE_CAUSE, "so that"},
    {CUE_CAUSE, "otherwise"},
    {CUE_CAUSE, "therefore"},
    {CUE_CAUSE, "which means|meant|makes|made|let|lets|keeps|kept|gave|gives|caused|causes"},
    {CUE_CONDITION, "if|when|whenever|until|once|while the|a|an|it|you|we|i|they|somebody|someone|one|two|that|this|she|he|there|its|her|his|not"},
    {CUE_CONDITION, "before|after * the|a|an|it|each|every|any"},
    {CUE_CONDITION, "only when|if|after|once|then"},
    {CUE_CONDITION, "until"},
    {CUE_CONDITION, "or it|the|they|you|a"},
    {CUE_CAUSE, "else the|it|you|they|we"},
    {CUE_CAUSE, "that's|thats|that why|where|how"},
    {CUE_CAUSE, "the|one|two|first|main|real reason|cause"},
    {CUE_CAUSE, "due to"},
    {CUE_CAUSE, "in order to"},
    {CUE_CAUSE, "or else"},
    {CUE_CAUSE, "cause|cos the|we|it|they|i|that"},
    {CUE_CAUSE, "as the|it|they|a|that|this|an would|will|can|is|was|were|are|had"},
    {CUE_CAUSE, "porque"},
    {CUE_CAUSE, "para que"},
    {CUE_CAUSE, "weil"},
    {CUE_CAUSE, "damit"},
    {CUE_CAUSE, "parce que"},
    {CUE_CAUSE, "afin de"},
    {CUE_CONTRAST, "instead"},
    {CUE_CONTRAST, "rather than"},
    {CUE_CONTRAST, "i'd rather"},
    {CUE_CONTRAST, "unless"},
    {CUE_CONTRAST, "without"},
    {CUE_CONTRAST, "even if|though|when"},
    {CUE_CONTRAST, "but not"},
    {CUE_CONTRAST, "not the|a|an * but"},
    {CUE_CONTRAST, "not just|only"},
    {CUE_CONTRAST, "trade|tradeoff off"},
    {CUE_CONTRAST, "the price|cost|downside|catch|drawback|risk|danger|trap is|was|of"},
    {CUE_CONTRAST, "except"},
    {CUE_CONTRAST, "in exchange"},
    {CUE_CONTRAST, "at the cost|expense|price of"},
    {CUE_CONTRAST, "if not"},
    {CUE_CONTRAST, "versus"},
    {CUE_CONTRAST, "whereas"},
    {CUE_RESULT, "from * to"},
    {CUE_RESULT, "went|came|dropped|fell|rose|grew|ended|got|brought|cut|down|reduced|shrank|climbed * to|at|from|by|up"},
    {CUE_RESULT, "turned out"},
    {CUE_RESULT, "after that"},
    {CUE_RESULT, "since then"},
    {CUE_RESULT, "in the end"},
    {CUE_RESULT, "before and after"},
    {CUE_RESULT, "saved|saves us|about|the|a|me"},
    {CUE_RESULT, "halved|doubled|tripled"},
    {CUE_RESULT, "no longer"},
    {CUE_PROBLEM, "failed|fails|failing|failure"},
    {CUE_PROBLEM, "broke|broken|breaks"},
    {CUE_PROBLEM, "leaked|leak|leaking"},
    {CUE_PROBLEM, "stalled|stuck|hung|crashed|crash|timed|froze|lost|missing|wrong|bug|mistake|complained|complaint"},
    {CUE_PROBLEM, "ran out"},
    {CUE_PROBLEM, "too slow|late|big|large|many|few|hard|soft|long|short|high|low|hot|cold"},
    {CUE_PROBLEM, "the problem|trouble|issue|culprit|symptom was|is"},
    {CUE_HEDGE, "i think|guess|suppose|believe|imagine"},
    {CUE_HEDGE, "maybe|perhaps|probably|presumably|supposedly"},
    {CUE_HEDGE, "or something|whatever|so"},
    {CUE_HEDGE, "something|somewhat like"},
    {CUE_HEDGE, "kind|sort of"},
    {CUE_HEDGE, "not|isn't|wasn't sure|certain"},
    {CUE_HEDGE, "i'd|i'd|would have to|need look|check|google|search"},
    {CUE_HEDGE, "i'd|would look * up"},
    {CUE_HEDGE, "don't|can't|cannot|couldn't|didn't remember|recall"},
    {CUE_HEDGE, "i|i've forget|forgot|forgotten"},
    {CUE_HEDGE, "somehow"},
    {CUE_HEDGE, "if i remember|recall"},
    {CUE_HEDGE, "in theory"},
    {CUE_HEDGE, "you know what i mean"},
    {CUE_HEDGE, "and so on"},
    {CUE_HEDGE, "and things like that"},
    {CUE_HEDGE, "and stuff"},
    {CUE_HEDGE, "more or less"},
    {CUE_ABSOLUTE, "always"},
    {CUE_ABSOLUTE, "by definition|design|nature|default|itself|themselves"},
    {CUE_ABSOLUTE, "automatically|automatic|magically|instantly"},
    {CUE_ABSOLUTE, "guarantee"},
    {CUE_ABSOLUTE, "impossible"},
    {CUE_ABSOLUTE, "not|isn't possible"},
    {CUE_ABSOLUTE, "no limit|risk|need|way|problem|difference"},
    {CUE_ABSOLUTE, "don't|doesn't|didn't|never need|have|had to|worry|bother|think|care"},
    {CUE_ABSOLUTE, "cannot|can't|couldn't|never|can not|never|ever fail|lose|lost|overfit|break|happen|go|degrade|leak|crash|get"},
    {CUE_ABSOLUTE, "hundred|100 percent|per"},
    {CUE_ABSOLUTE, "100%"},
    {CUE_ABSOLUTE, "proven|foolproof|flawless|bulletproof|unlimited|infinite"},
    {CUE_ABSOLUTE, "as many|much|long|big|large|far|fast as you|we like|want|wish|need"},
    {CUE_ABSOLUTE, "forever"},
    {CUE_ABSOLUTE, "everything|everybody|everyone|everywhere|anything|whatever"},
    {CUE_ABSOLUTE, "all of them|it"},
    {CUE_ABSOLUTE, "every possible|single|other"},
    {CUE_ABSOLUTE, "any size|number|amount|kind|type"},
    {CUE_ABSOLUTE, "completely|totally|absolutely|entirely|fully"},
    {CUE_ABSOLUTE, "the best|fastest|safest|strongest|most"},
    {CUE_ABSOLUTE, "the|the more * the|the more|better"},
    {CUE_ABSOLUTE, "for free"},
    {CUE_ABSOLUTE, "takes|take|takes|handles|does care|everything of"},
    {CUE_ABSOLUTE, "on its own"},
    {CUE_ABSOLUTE, "self healing|learning|managing|optimising|optimizing"},
    {CUE_BUZZ, "state of the art"},
    {CUE_BUZZ, "game changer|changing"},
    {CUE_BUZZ, "paradigm"},
    {CUE_BUZZ, "synergy|synergise|synergize|synergies|synergistic"},
    {CUE_BUZZ, "leverage|leveraging|leveraged"},
    {CUE_BUZZ, "cutting|bleeding|leading edge"},
    {CUE_BUZZ, "world|enterprise|military|industry class|grade|leading"},
    {CUE_BUZZ, "best in|of class|breed"},
    {CUE_BUZZ, "best of both|two|the"},
    {CUE_BUZZ, "gold|golden standard"},
    {CUE_BUZZ, "holistic|holistically|seamless|seamlessly|robust|innovative|disruptive|transformational|transformative|revolutionary"},
    {CUE_BUZZ, "end to end"},
    {CUE_BUZZ, "cloud|ai|data|digital|mobile native|driven|powered|first"},
    {CUE_BUZZ, "next generation|gen|level"},
    {CUE_BUZZ, "whole|entire|full ecosystem|stack|landscape|suite|posture|spectrum"},
    {CUE_BUZZ, "strategic|strategically|strategize|visionary"},
    {CUE_BUZZ, "best practice|practices"},
    {CUE_BUZZ, "industry standard|standards"},
    {CUE_BUZZ, "digital|ai|cultural|agile transformation"},
    {CUE_BUZZ, "thought leader|leadership"},
    {CUE_BUZZ, "quick win"},
    {CUE_BUZZ, "move|moved|moving the needle"},
    {CUE_BUZZ, "value add|added|proposition"},
    {CUE_BUZZ, "modern|powerful|advanced|sophisticated|intelligent stack|solution|platform|engine|framework|approach|technology|methodology"},
    {CUE_BUZZ, "fully automated|integrated|optimised|optimized|scalable"},
    {CUE_BUZZ, "mission critical"},
    {CUE_BUZZ, "across the enterprise|organisation|organization|board"},
    {CUE_BUZZ, "results|detail|customer|solution oriented|driven|obsessed|focused"},
    {CUE_LEVEL, "i'm|i * expert|guru|ninja|master|architect|fluent|senior level|in|at|with"},
    {CUE_LEVEL, "very|really|extremely|super strong|good|experienced|proficient|skilled|comfortable|fluent in|with|at"},
    {CUE_LEVEL, "years|year of experience|expertise"},
    {CUE_LEVEL, "deep|extensive|strong|solid|vast experience|expertise|knowledge|background|command"},
    {CUE_LEVEL, "i know * everything|inside|well"},
    {CUE_LEVEL, "i'm|i * passionate about"},
    {CUE_DENIAL, "i|i've|we|we've|honestly|actually|really * never|haven't|hadn't|didn't|not|hardly|barely * use|used|using|worked|written|wrote|touched|done|tried|built|configured|deployed|exported|learned|played|managed|coded|programmed|owned|learnt"},
    {CUE_DENIAL, "i|i've|we|we've never|haven't run|ran|had|set|made|led|opened|seen|needed|heard|read|did"},
    {CUE_DENIAL, "^never|not|haven't|hardly|didn't * use|used|using|worked|written|wrote|touched|touch|done|tried|built|configured|deployed|learned|seen|had"},
    {CUE_DENIAL, "i|we|this|that|it * did|do|have not|never * use|used|do|done|touch|touched|work|worked|write|written"},
    {CUE_DENIAL, "not|never|don't|doesn't|didn't|haven't * do|done|touched|touch|used it|that|this|those|them|either|any"},
    {CUE_DENIAL, "never really"},
    {CUE_DENIAL, "i|i've|have|only|just * read|heard|know|learned about|of"},
    {CUE_DENIAL, "i|i've|have * only|just|merely|read|heard * read|heard|seen|watched|skimmed|only|page|article|book|docs"},
    {CUE_DENIAL, "seen|watched|saw * demo|talk|video|presentation|screencast"},
    {CUE_DENIAL, "did|done|followed|finished|completed|doing * tutorial|course|workshop|bootcamp|certificate|module"},
    {CUE_DENIAL, "not my|our thing|area|field|job|part|responsibility"},
    {CUE_DENIAL, "not|wasn't|isn't * responsible|involved|part|mine|hands|me"},
    {CUE_DENIAL, "take|remove|strike|delete|drop|leave|cross that|it|this * off|out|from|away"},
    {CUE_DENIAL, "remove|strike|delete that|it|this"},
    {CUE_DENIAL, "on my list|cv|form|resume|profile * but|by|because|shouldn't"},
    {CUE_DENIAL, "couldn't|can't|cannot debug|write|do|explain|tell|say"},
    {CUE_DENIAL, "i'd|i|would|will * be learning"},
    {CUE_DENIAL, "i'd|i|would|will * have|need|like|want|love|hope|happy to learn|train|pick"},
    {CUE_DENIAL, "on my list to learn|try"},
    {CUE_DENIAL, "would be new|learning"},
    {CUE_DENIAL, "that's|it's|be|is|completely|totally new to|for me"},
    {CUE_DENIAL, "no|zero|little|any|without|limited|much|lack real|practical|hands|working|professional|actual|own experience|exposure|practice|knowledge"},
    {CUE_DENIAL, "no|zero experience|exposure|practice|idea|clue"},
    {CUE_DENIAL, "^nothing|never"},
    {CUE_HEDGE, "don't|didn't know|understand"},
    {CUE_NO, "^no|none|nope|never|nothing"},
    {CUE_DENIAL, "i can't|cannot|couldn't code|program|cook|speak|draw|drive|operate|weld|say|do"},
    {CUE_DENIAL, "not|never formally|officially|professionally|personally|yet"},
    {CUE_DENIAL, "wouldn't call|claim|say"},
    {CUE_DENIAL, "exaggerated|exaggeration|overstated|stretch"},
    {CUE_DENIAL, "padding|padded * cv|resume|list|profile|form"},
    {CUE_DENIAL, "my knowledge|experience * stops|ends|limited|theoretical|thin"},
    {CUE_DENIAL, "nunca|jamás|jamais|niemals|noch * nie"},
    {CUE_DENIAL, "never with"},
    {CUE_DENIAL_ALONE, "i|i've|have only|just worked|used|know|done|written * never|not"},
    {CUE_DENIAL_ALONE, "i have|had|have|got no * experience|idea"},
    {CUE_DENIAL_ALONE, "to be honest|fair|clear * no|never|not|i|haven't * never|not|haven't|don't"},
    {CUE_DENIAL_ALONE, "joking|kidding|jokes|joke|fun aside|apart"},
    {CUE_DENIAL_ALONE, "honestly * never|not|no|haven't|don't"},
    {CUE_OTHERS, "my|our|the|a|another|some|external|other|one|his|her|their * colleague|coworker|teammate|contractor|contractors|consultant|consultants|vendor|supplier|agency|architect|predecessor|boss|manager|chief|director|lead|admin|people|guys|folks|department|friend|partner|intern|analyst|designer|developer|engineer|accountant|technician|nurse|doctor|lawyer|editor|specialist|expert|assistant|supervisor|owner|provider|company|firm|office|unit|ward|head|group|crew|team|squad|side * did|do|does|set|wrote|write|built|build|handled|handle|made|make|owned|own|managed|manage|maintained|maintain|ran|run|took|take|designed|fixed|configured|gave|give|given|created|implemented|solved|prepared|decided|draw|drew|sent|looked|cared|come|came|help|helped|sends|chose|picked"},
    {CUE_OTHERS, "our|my * wrote|built|handled|owned|managed|designed|maintained|configured|prepared|drew|implemented it|that|the|them|all|most|those|these|ours|everything"},
    {CUE_OTHERS, "my|our|the|a|another|other|data|platform|ops|devops|security|infra|infrastructure|qa|it|engineering|network|motor * team|group|side|department|squad|crew * did|do|does|set|sets|wrote|write|built|build|handled|handle|handles|made|make|owned|own|owns|managed|maintained|ran|run|runs|took|take|takes|designed|fixed|configured|had|gave|created|implemented|solved|sent|was|were"},
    {CUE_OTHERS, "they|he|she|somebody|someone|else|others * did|set|wrote|built|handled|made|owned|managed|maintained|ran|took|designed|configured|created|implemented|sent|gave it|that|the|them|all|most|us|up|me"},
    {CUE_OTHERS, "did|does|do|handled|wrote|made most|all of it|that|them|this"},
    {CUE_OTHERS, "somebody|someone|anybody|people else"},
    {CUE_OTHERS, "was|were|is|came|got|are|been set|configured|installed|there|built|bought|written|outsourced|made|handled|done|managed|maintained|run * before|already|by|when|up * i|we|joined|a|the|another|our|me|somebody|someone|them"},
    {CUE_OTHERS, "was|were|had|it already|mostly * there|set|running|in|configured|done|built"},
    {CUE_OTHERS, "from my|our side|end * simply|just|only|it|the|everything"},
    {CUE_OTHERS, "simply|just appeared|worked|works|arrived|appears"},
    {CUE_OTHERS, "not|never|wasn't * my|mine"},
    {CUE_OTHERS, "under his|her|their|the * guidance|supervision|lead|direction"},
    {CUE_OTHERS, "his|hers|theirs clearly|really|not|all|entirely|completely"},
    {CUE_OTHERS, "belongs|belonged to * team|group|colleague|department|vendor"},
    {CUE_OTHERS, "credit goes|belongs"},
    {CUE_BYSTANDER, "open|opened|file|filed|raise|raised|write|wrote a|the ticket|request"},
    {CUE_BYSTANDER, "i|i'd|i'm|just|only * press|pressed|pressing|push|pushed|click|clicked|clicking * button|run|deploy|it|on|start"},
    {CUE_BYSTANDER, "i|i've|only|just * sat|attended|joined|listened|watched|observed|shadowed|followed|invited in|along|on|at|to|the|it|them|him|her|their|that|how"},
    {CUE_BYSTANDER, "was|were in the room|meeting|call"},
    {CUE_BYSTANDER, "on a|his|her|their colleague's|screen|laptop"},
    {CUE_BYSTANDER, "i'd|i|i've|just|only see|saw|seen * results|output|dashboard|runs|report|reports|table|it"},
    {CUE_BYSTANDER, "only|just receive|received|receives|get|got|gets|saw|see|consume|consumed"},
    {CUE_BYSTANDER, "is|was installed on"},
    {CUE_BYSTANDER, "asked|ask them|him|her|someone|somebody|the * to"},
    {CUE_QUOTING, "my|our|the|a * boss|chief|manager|colleague|teacher|professor|mentor|lead|trainer|instructor|friend|architect|book|manual|docs|documentation|article|blog|guide|page * said|says|say|told|wrote|writes|explained|states|called|taught|used"},
    {CUE_QUOTING, "he|she|they always|once|used|also * said|says|told|to"},
    {CUE_QUOTING, "according to"},
    {CUE_QUOTING, "and|to|i cite|quote"},
    {CUE_QUOTING, "as the|my * says|said|puts"},
    {CUE_AGREEMENT, "exactly|precisely|definitely|absolutely|indeed"},
    {CUE_AGREEMENT, "what|as|like you|he|she * said|say|describe|described|explained"},
    {CUE_AGREEMENT, "couldn't * put|said|say it better"},
    {CUE_AGREEMENT, "that's|thats|that's|that|is how|what|right|correct|it|true * we|i|exactly"},
    {CUE_AGREEMENT, "very similar"},
    {CUE_AGREEMENT, "same here|for|with"},
    {CUE_AGREEMENT, "yes|yeah|right|sure|correct|true|agreed|totally|that's|exactly yes|exactly|definitely|right|sure|correct|absolutely|agreed|totally"},
    {CUE_EVASION, "the usual"},
    {CUE_EVASION, "all of them|it|those"},
    {CUE_EVASION, "various|many|lots|different|several|all things|ways|aspects|areas|factors|kinds"},
    {CUE_EVASION, "it depends"},
    {CUE_EVASION, "can't|cannot * share|disclose|talk|discuss|details"},
    {CUE_EVASION, "confidential|nda"},
    {CUE_EVASION, "big|high level picture|view"},
    {CUE_EVASION, "the tool|platform|system|software|framework|library * does|maps|handles|gives|takes|knows|manages|decides"},
    {CUE_EVASION, "long|a story|time ago"},
    {CUE_INJECTION, "ignore|disregard|forget|override * previous|your|all|prior|above|the * instructions|instruction|rules|prompt|criteria|guidelines"},
    {CUE_INJECTION, "ignore|disregard|forget * instructions|instruction|prompt"},
    {CUE_INJECTION, "new|updated|system instruction|instructions|prompt"},
    {CUE_INJECTION, "mark|rate|grade|score|record|list|flag|label|classify|verify|evaluate|consider * me|candidate|him|her|claims|skill|skills|answer|answers|interview * as|with|at|verified|expert|passed|demonstrated|full|all"},
    {CUE_INJECTION, "set|give|assign * confidence|score|rating|level|me|full * to|1|10|100|marks|verified"},
    {CUE_INJECTION, "the|this candidate * demonstrated|demonstrates|shows|showed|has|is|proved|should|must|passed"},
    {CUE_INJECTION, "note|message|attention|memo|instruction|instructions to|for * evaluator|examiner|grader|judge|assessor|reviewer|model|assistant|system|ai"},
    {CUE_INJECTION, "you are|must now|are * evaluator|assistant|model|grader|judge"},
    {CUE_INJECTION, "end of transcript|interview|evaluation"},
    {CUE_INJECTION, "evaluation|assessment|verdict|result|outcome * demonstrated|verified|passed|expert|excellent"},
    {CUE_INJECTION, "as an|a evaluator|ai|assistant|language|examiner|grader"},
    {CUE_INJECTION, "all * skills|claims * verified|demonstrated|proved|proven|confirmed"},
    {CUE_INJECTION, "skill_verifications|skill_verification|user_skills|is_verified|confidence_score|transcript_snippet|verification_type|project_demo|live_coding|concept_explanation"},
    {CUE_INJECTION, "output|return|emit|print|store|insert|record|save|add|write|include|create|count|accept|use|treat|take * this|that|the|following|it * as|a|for * proof|verification|verified"},
    {CUE_INJECTION, "output|return|emit|print|store|set|give|award|report * verified|verifications for|of|with|to"},
    {CUE_INJECTION, "verification|proof for|of * with|at * confidence"},
    {CUE_INJECTION, "with my|this|the|following snippet|proof"},
    {CUE_INJECTION, "snippet|proof of|for|as * skill|verification"},
    {CUE_INJECTION, "you|should|must|please|now * mark|verify|store|record|count * this|me|it|these|my * as|for * proof|verified|expert"},
    {CUE_RETRACTION, "i made that|it|this|all up"},
    {CUE_RETRACTION, "that|it|this|which wasn't|was * true|not|lie|invented"},
    {CUE_RETRACTION, "that|it was|wasn't|were * not|really me|mine|my"},
    {CUE_RETRACTION, "i|i'd take|took * back"},
    {CUE_RETRACTION, "to correct|i should correct|clarify|admit|confess"},
    {CUE_RETRACTION, "i must|have|should|need admit|confess|correct"},
    {CUE_RETRACTION, "what i said|told|described * earlier|before|about"},
    {CUE_RETRACTION, "actually|honestly|truth|in * i never|didn't|haven't|wasn't"},
    {CUE_RETRACTION, "i lied|exaggerated|overstated"},
    {CUE_JOKE, "just|only|i'm|im|am|was kidding|joking"},
    {CUE_JOKE, "was a joke"},
    {CUE_JOKE, "ha ha|haha"},
    {CUE_UNREAL, "i|we would have|of"},
    {CUE_UNREAL, "i'd|we'd|would've have|of"},
    {CUE_UNREAL, "i|we would've"},
    {CUE_UNREAL, "if i|we had|i'd|we'd * ever"},
    {CUE_UNREAL, "if i'd|we'd * ever"},
    {CUE_UNREAL, "had i * ever|been"},
    {CUE_ABSURD, "toaster|crumb|unicorn|dragon|wizard|alien|moon|mars|hamster|banana|potato|imaginary|grandma|granny|spaceship|glitter|teleport|zombie|toast|pizza|sandwich|cupcake|pony|mermaid|fairy|goblin|butter|fridge"},
    {CUE_ABSURD, "magic wand|spell"},
    {CUE_ABSURD, "time machine"},
    {CUE_ABSURD, "my cat|dog|goldfish|parrot|teddy"},
    {CUE_ABSURD, "a|10|ten|two|3|three million|billion|trillion container|containers|server|servers|cluster|clusters|pod|pods|friend|friends|year|years"},
    {CUE_DOUBT, "are you|you're|you * sure|certain"},
    {CUE_COOL, "really|hm|hmm|huh|hmmm"},
    {CUE_DOUBT, "i'd|i * worry|doubt|question|disagree|push|challenge"},
    {CUE_DOUBT, "close|almost|nearly to|but|right|there"},
    {CUE_DOUBT, "that|which doesn't|contradicts|surprises|surprised"},
    {CUE_DOUBT, "not quite|exactly|really"},
    {CUE_COOL, "do|did you mean"},
    {CUE_DOUBT, "you're saying|relying|telling|claiming|suggesting|assuming"},
    {CUE_DOUBT, "you are saying|relying|telling|claiming|suggesting|assuming"},
    {CUE_DOUBT, "i thought|believed|understood that|it|the|they|you"},
    {CUE_COOL, "interesting|curious"},
    {CUE_COOL, "did|have you * check|checked|verify|verified|measure|measured that|it"},
    {CUE_PRAISE, "good|nice|great|excellent|perfect|impressive|lovely|brilliant|fantastic|superb|neat|clean|solid|thorough|bravo"},
    {CUE_PRAISE, "makes|make sense"},
    {CUE_PRAISE, "well done|put|said|explained"},
    {CUE_PRAISE, "very|that's|thats|a * full|clear|helpful|useful|good|thorough|right|it|correct|careful"},
    {CUE_PRAISE, "i|that * liked|like|love|convinces|convinced"},
    {CUE_PRAISE, "more than"},
    {CUE_SHIFT, "let's|lets|let us|me * move|talk|turn|switch|take|go|start|begin|look|change|leave|hear"},
    {CUE_SHIFT, "moving|move|going|go on|to|over"},
    {CUE_SHIFT, "next|now|then|finally|lastly|also"},
    {CUE_SHIFT, "last one|question|thing|topic"},
    {CUE_SHIFT, "you|also|cv|resume|form|list|profile|application * list|listed|lists|mention|mentioned|mentions|say|says|claim|put|wrote|written|named"},
    {CUE_SHIFT, "on your|the|your|is list|cv|resume|form|profile|application|advert|on"},
    {CUE_SHIFT, "what|how about"},
    {CUE_SHIFT, "have|did|do|ever|are|any you|experience|exposure|experience * used|use|worked|work|touched|tried|done|comfortable|familiar|with|written|published|had"},
    {CUE_SHIFT, "comfortable|familiar|experienced|experience|at home|worked with|in"},
    {CUE_SHIFT, "tell me about"},
    {CUE_SHIFT, "another|different|other|new|next topic|subject|area|thing|matter"},
    {CUE_SHIFT, "anything else"},
    {CUE_SHIFT, "thank|thanks you|for|so|that"},
    {CUE_SHIFT, "questions for|on|to|from me|us|you|your"},
    {CUE_POSED, "suppose|imagine|assume|say|pretend|picture"},
    {CUE_POSED, "write|show|give|type|sketch|draw|calculate|compute|solve|translate|draft|code|design|walk me|us|it|a|an|the|out|down|this|through"},
    {CUE_POSED, "how|what would|do|will you * do|write|build|test|set|find|limit|make|start|handle|solve|tell|choose|decide|check|design|say|approach|calculate|explain|use"},
    {CUE_POSED, "spot|find|fix the|this * bug|problem|mistake|error|in"},
    {CUE_POSED, "aloud|from memory|on paper|whiteboard"},
    {CUE_POSED, "same|now in|thing"},
    {CUE_OWN_PART, "yourself|personally"},
    {CUE_OWN_PART, "did|were|was you|it|that * write|writing|written|do|change|build|make|own|set|design|involved|part|yours"},
};

void lexicon_add(struct matcher *matcher)
{
    for (size_t i = 0; i < COUNT_OF(patterns); i++) matcher_add(matcher, str_from(patterns[i].pattern), (int)patterns[i].cue, (uint32_t)i, 1);
}

/* ---- "I" before a verb ---- */

/* Verbs in the past that do not end in -ed, said of work. Sorted. */
static const char *const irregular[] = {"began", "bought", "broke", "brought", "built",  "came",   "caught", "chose", "cut",   "did",   "drew",  "drove",
                                        "fed",   "fought", "found", "froze",   "gave",   "got",    "grew",   "held",  "kept",  "laid",  "led",   "left",
                                        "made",  "met",    "paid",  "pulled",  "put",    "ran",    "rewrote", "sent", "set",   "shot",  "showed", "sold",
                                        "spent", "split",  "spoke", "swapped", "taught", "threw",  "took",   "tore",  "turned", "went", "wound", "wrote"};

/* Verbs of "I" that are no work: states, opinions, and learning from afar. Sorted. */
static const char *const idle[] = {"admit",   "agree", "came", "arrived", "got", "left",  "agreed",  "am",       "apologise", "attend", "attended", "believe", "can",     "can't",    "cannot",  "could",
                                   "couldn't", "did",   "didn't",  "do",       "don't",     "enjoy",  "enjoyed",  "expect",  "feel",    "felt",     "forget",  "guess",
                                   "had",     "happened", "hate",  "have",     "haven't",   "hear",   "heard",    "hope",    "hoped",   "imagine",  "joined",  "knew",
                                   "know",    "learn",  "learned", "learnt",   "liked",     "like",   "listened", "love",    "loved",   "may",      "mean",    "mentioned",
                                   "might",   "must",   "need",    "needed",   "never",     "not",    "observed", "pressed", "promise", "read",     "realise", "remember",
                                   "said",    "say",    "see",     "should",   "started",   "studied", "suppose", "sure",    "think",   "thought",  "understand", "understood",
                                   "used",    "want",   "wanted",  "was",      "watched",   "were",   "will",     "wish",    "wondered", "worked",  "would",   "wouldn't"};

static bool is_listed(const struct token *token, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == token->len && memcmp(words[i], token->word, token->len) == 0) return true;
    return false;
}

static bool ends(const struct token *token, const char *ending)
{
    size_t len = strlen(ending);
    return token->len > len + 1 && memcmp(token->word + token->len - len, ending, len) == 0;
}

static bool is_word(const struct token *token, const char *word) { return strlen(word) == token->len && memcmp(word, token->word, token->len) == 0; }

static bool is_past(const struct token *token)
{
    if (is_listed(token, idle, COUNT_OF(idle))) return false;
    return (ends(token, "ed") && !ends(token, "eed") && token->len > 4) || is_listed(token, irregular, COUNT_OF(irregular));
}

static bool is_adverb(const struct token *token)
{
    static const char *const adverbs[] = {"also", "always", "both", "even", "first", "had", "have", "just", "later", "myself", "normally", "now",
                                          "often", "once", "only", "personally", "then", "usually", "have", "still", "must"};
    return ends(token, "ly") || is_listed(token, adverbs, COUNT_OF(adverbs));
}

/* Done with somebody else's work, after "only" or "just": no act of one's own. Sorted. */
static const char *const menial[] = {"accepted", "approved", "asked", "clicked", "copied", "followed", "forwarded", "merged", "opened", "pasted", "pressed", "ran", "read", "sent", "signed", "used", "watched"};

/* What "I" (or "we") at `at` does: an act, an own way, or nothing. */
static enum cue act_of(const struct token *tokens, size_t at, size_t to)
{
    bool conditional = is_word(&tokens[at], "i'd") || is_word(&tokens[at], "i'll") || is_word(&tokens[at], "we'd");
    size_t verb = at + 1;
    if (verb < to && (is_word(&tokens[verb], "would") || is_word(&tokens[verb], "will") || is_word(&tokens[verb], "usually"))) {
        conditional = true;
        verb++;
    }
    if (conditional && verb < to && (is_word(&tokens[verb], "have") || is_word(&tokens[verb], "of"))) return CUE_NONE; /* it was not done */
    if (at > 0 && is_word(&tokens[at - 1], "if") && verb < to && is_word(&tokens[verb], "had")) return CUE_NONE;
    bool only = false;
    for (int i = 0; i < 2 && verb < to && is_adverb(&tokens[verb]); i++) only |= is_word(&tokens[verb], "only") || is_word(&tokens[verb], "just"), verb++;
    if (only && verb < to && is_listed(&tokens[verb], menial, COUNT_OF(menial))) return CUE_NONE;
    if (verb >= to || is_listed(&tokens[verb], idle, COUNT_OF(idle))) return CUE_NONE;
    if (!conditional && is_past(&tokens[verb])) return CUE_ACT;
    static const char *const plain[] = {"use", "make", "take", "look", "get", "go", "tell", "work"};
    if (tokens[verb].flags & (TOKEN_NUMBER | TOKEN_ACRONYM)) return CUE_NONE;
    return token_is_common(&tokens[verb]) && !is_listed(&tokens[verb], plain, COUNT_OF(plain)) ? CUE_NONE : CUE_OWN_WAY;
}

static void add_cue(struct sentence *sentence, enum cue cue)
{
    if (sentence->cues[cue] < UINT8_MAX) sentence->cues[cue]++;
}

/* Verbs that begin a step: "Add an index, then measure." */
static const char *const steps[] = {"add",    "apply",  "ask",     "avoid",  "begin", "break",  "build",  "calculate", "call",  "catch",    "change",  "check",  "clean",  "collect",
                                    "compare", "compute", "connect", "convert", "copy", "count", "create", "cut",    "define", "delete",   "deploy",  "divide", "drop",   "encode",
                                    "estimate", "export", "fetch", "fill",    "filter", "find",  "fix",    "get",     "give",  "go",       "group",   "hold",   "identify", "install",
                                    "isolate", "join",   "keep",   "let",    "list",  "load",   "lock",   "log",     "look",  "make",     "map",     "mark",   "match",  "measure",
                                    "merge",  "mix",    "move",    "multiply", "name", "open",   "parse",  "pass",    "pick",  "place",    "plan",    "plot",   "press",  "print",
                                    "profile", "pull",  "push",    "put",    "raise", "read",   "record", "reduce",  "remove", "repeat",  "replace", "report", "reset",  "restart",
                                    "return", "review", "rotate",  "run",    "save",  "scan",   "search", "select",  "send",  "separate", "set",     "sort",   "split",  "start",
                                    "stop",   "store",  "subtract", "switch", "take", "tell",   "test",   "toggle",  "track", "train",    "turn",    "update", "use",    "validate",
                                    "verify", "wait",   "walk",    "warm",   "wash",  "weigh",  "wrap",   "write"};

static void find_steps(const struct turn *turn, struct sentence *sentence)
{
    bool starts = true;
    for (size_t at = sentence->first; at < sentence->last; at++) {
        const struct token *token = &turn->tokens[at];
        starts |= (token->flags & TOKEN_AFTER_COMMA) != 0;
        if (starts && (is_word(token, "and") || is_word(token, "then") || is_word(token, "or") || is_word(token, "first") || is_word(token, "next") || is_word(token, "just"))) continue;
        if (starts && !(token->flags & TOKEN_QUOTED) && is_listed(token, steps, COUNT_OF(steps))) add_cue(sentence, CUE_STEP);
        starts = false;
    }
}

/* ", so the index" is a reason; "So we" at the start of a sentence and "so many" are none. */
static void find_reasons(const struct turn *turn, struct sentence *sentence)
{
    static const char *const degrees[] = {"much", "many", "far", "good", "called", "on", "long", "bad", "well", "um", "uh", "yeah", "that", "far", "hard", "often", "simple"};
    for (size_t at = sentence->first + 1; at + 2 < sentence->last; at++) {
        const struct token *token = &turn->tokens[at];
        if (!is_word(token, "so") || (token->flags & TOKEN_QUOTED) || is_listed(token + 1, degrees, COUNT_OF(degrees))) continue;
        if (is_word(token - 1, "or") || is_word(token - 1, "and") || is_word(token - 1, "do")) continue;
        add_cue(sentence, CUE_CAUSE);
    }
}

static void find_acts(const struct turn *turn, struct sentence *sentence)
{
    const struct token *tokens = turn->tokens;
    for (size_t at = sentence->first; at < sentence->last; at++) {
        if (tokens[at].flags & TOKEN_QUOTED) continue;
        bool me = is_word(&tokens[at], "i") || is_word(&tokens[at], "i've") || is_word(&tokens[at], "i'd") || is_word(&tokens[at], "i'll");
        bool us = is_word(&tokens[at], "we") || is_word(&tokens[at], "we've") || is_word(&tokens[at], "we'd");
        if (!me && !us) continue;
        enum cue cue = act_of(tokens, at, sentence->last);
        if (cue == CUE_NONE) continue;
        add_cue(sentence, me ? cue : CUE_WE);
        if (me) add_cue(sentence, CUE_OWN_ACT);
    }
    size_t first = sentence->first;
    while (first < sentence->last && first < sentence->first + 2 && (is_adverb(&tokens[first]) || is_word(&tokens[first], "and") || is_word(&tokens[first], "so"))) first++;
    if (first < sentence->last && is_past(&tokens[first]) && sentence->last - first >= 4) add_cue(sentence, CUE_ACT); /* "Moved it into ..." */
}

struct cue_search {
    struct turn *turn;
    struct sentence *sentence;
    uint32_t last_end[CUE_COUNT]; /* overlapping patterns of one cue count once */
};

static void on_cue(void *context, const struct match *match)
{
    struct cue_search *search = context;
    int cue = match->pattern->owner;
    bool quoted = search->turn->tokens[match->first].flags & TOKEN_QUOTED;
    if (quoted && cue != CUE_INJECTION) return;
    if (match->first < search->last_end[cue]) return;
    search->last_end[cue] = match->last;
    add_cue(search->sentence, (enum cue)cue);
}

void turn_find_cues(const struct matcher *lexicon, struct turn *turn)
{
    for (size_t i = 0; i < turn->sentences_count; i++) {
        struct cue_search search = {.turn = turn, .sentence = &turn->sentences[i]};
        matcher_run(lexicon, turn->tokens, search.sentence->first, search.sentence->last, on_cue, &search);
        find_acts(turn, search.sentence);
        find_steps(turn, search.sentence);
        find_reasons(turn, search.sentence);
    }
}
