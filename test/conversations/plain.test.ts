import { tell } from './runner.ts'
import { eachStory } from './stories.ts'
import { plain } from './variants.ts'

eachStory('as it is', (story) => tell(story, plain))
